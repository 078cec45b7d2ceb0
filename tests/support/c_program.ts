import { ROOT } from "./command.ts";
import { run } from "./run_deno.ts";

/** What running C programs takes: to compile them, and to keep what they leave. */
export const TO_RUN_PROGRAMS = [
  "--allow-ffi",
  "--allow-read",
  "--allow-write",
  "--allow-run",
] as const;

const HEADERS = [
  ...["errno", "pthread", "signal", "stdint", "stdio", "stdlib", "string"],
  ...["sys/wait", "unistd"],
];

/** A program in C with this `main`, and what stands before it. */
export function cProgram(main: string, before = ""): string {
  const includes = HEADERS.map((name) => `#include <${name}.h>\n`).join("");
  return `${includes}#include "osmem.h"\n${before}\n` +
    `int main(int argc, char *argv[])\n{\n(void)argc;\n(void)argv;\n${main}\n}\n`;
}

/** Writes a program in C into a folder; returns the file. */
export async function writeProgram(
  folder: string,
  main: string,
  { before = "", name = "program" } = {},
): Promise<string> {
  const file = `${folder}/${name}.c`;
  await Deno.writeTextFile(file, cProgram(main, before));
  return file;
}

/** Compiles a program as the documentation says; returns the shared object. */
export async function compile(
  file: string,
  options: readonly string[] = ["-Lnative", "-losmem"],
): Promise<string> {
  const library = file.replace(/\.c$/, ".so");
  const native = decodeURIComponent(new URL("native", ROOT).pathname);
  const { code, stderr } = await run("cc", [
    ...["-shared", "-fPIC", file, `-I${native}`, "-o", library],
    ...options.map((option) => option.replace(/^-Lnative$/, `-L${native}`)),
  ]);
  if (code !== 0) throw new Error(stderr);
  return library;
}
