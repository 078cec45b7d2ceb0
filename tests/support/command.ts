import type { Need } from "./permissions.ts";
/** The repository's folder. */
export const ROOT = new URL("../../", import.meta.url);

/** What it takes to run the command line in a process of its own. */
export const TO_RUN_OSMEM: readonly Need[] = [
  { name: "run" },
  { name: "read" },
];

/** What a finished process left. */
export interface Finished {
  /** Its exit code. */
  readonly code: number;
  /** What ended it, if it did not end by itself. */
  readonly signal: Deno.Signal | null;
  /** Its standard output. */
  readonly stdout: string;
  /** Its standard error. */
  readonly stderr: string;
}

/** How to run the command line. */
export interface CommandOptions {
  /** Standard input. */
  readonly stdin?: string | Uint8Array<ArrayBuffer>;
  /** Permissions of the process. */
  readonly permissions?: readonly string[];
  /** What is in its environment besides what is in this one. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The arguments for deno that run the command line. */
export function denoArguments(
  args: readonly string[],
  permissions: readonly string[] = ["--allow-ffi", "--allow-read"],
): string[] {
  return [
    "run",
    "--quiet",
    "--no-prompt",
    ...permissions,
    "lab/cli.ts",
    ...args,
  ];
}

/** Words for a shell, each as it is: a path may have spaces in it. */
export function quote(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}

/** The command line for a shell, in the repository's folder. */
export function shellCommand(
  args: readonly string[],
  permissions?: readonly string[],
): string {
  return quote([Deno.execPath(), ...denoArguments(args, permissions)]);
}

/** Runs the command line in the repository's folder, without a terminal. */
export async function osmem(
  args: readonly string[],
  { stdin = "", permissions, env = {} }: CommandOptions = {},
): Promise<Finished> {
  const child = new Deno.Command(Deno.execPath(), {
    args: denoArguments(args, permissions),
    cwd: ROOT,
    env: { ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const written = new Blob([stdin]).stream().pipeTo(child.stdin);
  const { code, signal, stdout, stderr } = await child.output();
  await written.catch(() => {}); // a process that refuses its arguments reads nothing
  return { code, signal, stdout: decode(stdout), stderr: decode(stderr) };
}

/** Runs a shell command in the repository's folder. */
export async function shell(command: string): Promise<Finished> {
  const { code, signal, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", command],
    cwd: ROOT,
  }).output();
  return { code, signal, stdout: decode(stdout), stderr: decode(stderr) };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
