/** What style asks for: commands that end with 0 where it holds. */
const RULES: Readonly<Record<string, readonly string[]>> = {
  "format": ["deno", "fmt", "--check", "--quiet"],
  "lint": ["deno", "lint", "--quiet"],
  "documentation": [
    "deno",
    "doc",
    "--lint",
    "mod.ts",
    "lab/mod.ts",
    "lab/cli.ts",
  ],
  "shell scripts": ["sh", ".ci/lint_shell"],
  "C without a warning": [
    "sh",
    "-c",
    "cc -fsyntax-only -Wall -Wextra -Werror -I native native/*.c tests/programs/*.c",
  ],
};

const POINTS = 2; // for each rule

/** The program that a rule needs, if it is not installed with Deno. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "shell scripts": "shellcheck",
  "C without a warning": "cc",
};

/** What was found out about style. */
export interface Style {
  /** Points for the rules that hold. */
  readonly points: number;
  /** The rules that were not checked, each with the program that is missing. */
  readonly leftOut: readonly string[];
}

/**
 * Prints whether each rule of style holds, and what does not. A rule that cannot be
 * checked gives no points.
 *
 * @param isInstalled Whether a program can be run.
 * @param run Runs a command; returns what it said if it did not end with 0.
 * @param print Prints a line.
 */
export async function checkStyle(
  isInstalled: (program: string) => Promise<boolean> = isOnPath,
  run: (command: string, args: readonly string[]) => Promise<
    string | undefined
  > = runCommand,
  print: (line: string) => void = console.log,
): Promise<Style> {
  let points = 0;
  const leftOut: string[] = [];
  for (const [name, [command, ...args]] of Object.entries(RULES)) {
    const line = `style: ${name}`.padEnd(33) + ".".repeat(24);
    const program = PROGRAMS[name];
    if (program !== undefined && !await isInstalled(program)) {
      leftOut.push(`${name} (${program} is not installed)`);
      print(`${line} not checked    0`);
      continue;
    }
    const problem = await run(command!, args);
    if (problem === undefined) {
      points += POINTS;
      print(`${line} passed ...   ${POINTS}`);
    } else print(`${line} failed ...   0\n${problem}`);
  }
  return { points, leftOut };
}

/** Whether a program is found on the PATH, as the shell would find it. */
async function isOnPath(program: string): Promise<boolean> {
  const args = ["-c", 'command -v "$1"', "sh", program];
  const { success } = await new Deno.Command("sh", {
    args,
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

/** What a command said, if it did not end with 0. */
async function runCommand(
  command: string,
  args: readonly string[],
): Promise<string | undefined> {
  const { success, stdout, stderr } = await new Deno.Command(
    command === "deno" ? Deno.execPath() : command,
    { args: [...args], stdin: "null", env: { NO_COLOR: "1" } },
  ).output();
  if (success) return undefined;
  const decoder = new TextDecoder();
  return `${decoder.decode(stdout)}${decoder.decode(stderr)}`.trim();
}
