import { ROOT } from "../support/command.ts";
import { DENO, type Outcome } from "../support/run_deno.ts";

/** What stands between what two modules print. */
const SEPARATOR = "\u001e\n";

/** The repository's configuration, for programs that lie elsewhere. */
export const CONFIGURATION = decodeURIComponent(
  new URL("deno.json", ROOT).pathname,
);

/**
 * Runs modules one after another in one process, which takes a fraction of the time
 * that a process for each of them takes. Tests that a module declares are run as well.
 *
 * @param urls The addresses of the modules.
 * @param permissions What the process may do, as flags.
 * @returns What each of them printed.
 * @throws {Error} If one of them fails or writes to standard error.
 */
export async function runModules(
  urls: readonly string[],
  permissions: readonly string[],
): Promise<string[]> {
  const imports = urls.map((url) =>
    `console.log("\\u001e");\nawait import(${JSON.stringify(url)});\n` +
    "for (const test of tests.splice(0)) await test();\n"
  );
  const { code, stdout, stderr } = await runText(
    `const tests: (() => void | Promise<void>)[] = [];
Object.assign(Deno, {
  test: (_name: string, test: () => void | Promise<void>) => tests.push(test),
});
${imports.join("")}`,
    [...permissions, "--config", CONFIGURATION],
  );
  if (code !== 0 || stderr !== "") throw new Error(stderr);
  return stdout.split(SEPARATOR).slice(1);
}

/**
 * Runs a program that is in no file.
 *
 * @param source The program.
 * @param flags Flags for `deno run`.
 * @param folder The folder that it runs in, as if it stood there.
 */
export async function runText(
  source: string,
  flags: readonly string[],
  folder: string | URL = ROOT,
): Promise<Outcome> {
  const child = new Deno.Command(DENO, {
    args: ["run", "--quiet", "--no-prompt", ...flags, "-"],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await new Blob([source]).stream().pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}
