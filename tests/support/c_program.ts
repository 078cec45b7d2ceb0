import { compileLibrary } from "./compile_c.ts";

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

/** Writes a program in C into a folder, with this `main`; returns the file. */
export async function writeProgram(
  folder: string,
  main: string,
  { before = "", name = "program" } = {},
): Promise<string> {
  const file = `${folder}/${name}.c`;
  const includes = HEADERS.map((header) => `#include <${header}.h>\n`).join("");
  await Deno.writeTextFile(
    file,
    `${includes}#include "osmem.h"\n${before}
int main(int argc, char *argv[])\n{\n(void)argc;\n(void)argv;\n${main}\n}\n`,
  );
  return file;
}

/** Compiles a program; returns the shared object beside it. */
export async function compile(
  file: string,
  options: { readonly isLinked?: boolean } = {},
): Promise<string> {
  const library = file.replace(/\.c$/, ".so");
  const { code, stderr } = await compileLibrary(file, library, options);
  if (code !== 0) throw new Error(stderr);
  return library;
}
