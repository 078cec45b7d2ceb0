/** What a program that was run in a process of its own did. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The path of this Deno: what a test needs the permission to run. */
export const DENO = Deno.execPath();

/** A program of `tests/processes/`. */
export function program(name: string): string {
  return decodeURIComponent(
    new URL(`../processes/${name}`, import.meta.url).pathname,
  );
}

/** Runs a command with nothing to read, and in this environment where given. */
export async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}
