import { assertEquals } from "@std/assert";
import { ROOT } from "./command.ts";
import { type Need, toRun } from "./permissions.ts";
import { DENO, program, run } from "./run_deno.ts";
import { inTemporaryFolder } from "./temporary_folder.ts";

/** What it takes to have the package in a folder. */
export const TO_PUBLISH: readonly Need[] = [
  toRun(DENO),
  { name: "read" },
  { name: "write" },
];

/** The configurations of the packages: of the core, and of the lab. */
const CONFIGURATIONS = ["deno.json", "lab/deno.json"];

let files: Promise<string[]> | undefined;

/** The paths of the files that are published, from the repository's folder. */
export function publishedFiles(): Promise<string[]> {
  return files ??= listPublished();
}

/** The paths of those files that belong to the core. */
export async function publishedCore(): Promise<string[]> {
  return (await publishedFiles()).filter((path) => !path.startsWith("lab/"));
}

async function listPublished(): Promise<string[]> {
  const lists = await Promise.all(CONFIGURATIONS.map(listPackage));
  return lists.flat();
}

async function listPackage(configuration: string): Promise<string[]> {
  const config = decodeURIComponent(new URL(configuration, ROOT).pathname);
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
 * Makes a temporary folder with the packages in its folder `osmem`: the files that are
 * published, and so no library that was built.
 *
 * @param fn Given the temporary folder.
 * @param list The files to copy; those of both packages by default.
 */
export function inFolderWithPackage<Result>(
  fn: (folder: string) => Promise<Result>,
  list: () => Promise<string[]> = publishedFiles,
): Promise<Result> {
  return inTemporaryFolder(async (folder) => {
    for (const path of await list()) {
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
