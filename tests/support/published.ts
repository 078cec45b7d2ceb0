import { assertEquals } from "@std/assert";
import { ROOT } from "./command.ts";
import { toRun } from "./permissions.ts";
import { DENO, program, run } from "./run_deno.ts";
import { inTemporaryFolder } from "./temporary_folder.ts";

/** What it takes to have the package in a folder. */
export const TO_PUBLISH: readonly Deno.PermissionDescriptor[] = [
  toRun(DENO),
  { name: "read" },
  { name: "write" },
];

let files: Promise<string[]> | undefined;

/** The paths of the files that are published, from the repository's folder. */
export function publishedFiles(): Promise<string[]> {
  return files ??= listPublished();
}

async function listPublished(): Promise<string[]> {
  const config = decodeURIComponent(new URL("deno.json", ROOT).pathname);
  const { code, stderr } = await run(DENO, [
    ..."publish --dry-run --allow-dirty --no-check --allow-slow-types"
      .split(" "),
    "--config",
    config,
  ]);
  assertEquals(code, 0, stderr);
  return stderr.split("\n")
    .map((line) => line.match(/^ +(file:.*) \(.*\)$/)?.[1])
    .filter((url) => url?.startsWith(ROOT.href))
    .map((url) => url!.slice(ROOT.href.length));
}

/**
 * Makes a folder with the package in a folder of its name: the files that are
 * published, and so no library that was built. It is removed when a test is done.
 */
export function inFolderWithPackage<Result>(
  fn: (folder: string) => Promise<Result>,
): Promise<Result> {
  return inTemporaryFolder(async (folder) => {
    for (const path of await publishedFiles()) {
      const copy = `${folder}/osmem/${path}`;
      await Deno.mkdir(copy.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.copyFile(new URL(path, ROOT), copy);
    }
    return await fn(folder);
  });
}

/**
 * Puts a program of `tests/processes/` into that package, which it uses then; returns the
 * copy.
 */
export async function copyProgram(
  folder: string,
  name: string,
): Promise<string> {
  const processes = `${folder}/osmem/tests/processes`;
  await Deno.mkdir(processes, { recursive: true });
  await Deno.copyFile(program(name), `${processes}/${name}`);
  return `${processes}/${name}`;
}
