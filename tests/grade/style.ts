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

/** Prints whether each rule of style holds, and what does not; returns the points. */
export async function checkStyle(): Promise<number> {
  let points = 0;
  for (const [name, [command, ...args]] of Object.entries(RULES)) {
    const problem = await run(command!, args);
    const line = `style: ${name}`.padEnd(33) + ".".repeat(24);
    if (problem === undefined) {
      points += POINTS;
      console.log(`${line} passed ...   ${POINTS}`);
    } else console.log(`${line} failed ...   0\n${problem}`);
  }
  return points;
}

/** What a command said, if it did not end with 0. */
async function run(
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
