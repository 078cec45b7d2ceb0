import { gatedTests, type Need } from "./permissions.ts";

/** Makes a folder that is removed, with all that is in it, when a test is done. */
export async function inTemporaryFolder<Result>(
  fn: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await Deno.makeTempDir();
  try {
    return await fn(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Registers tests as {@linkcode gatedTests} does. Each is given a folder of its own.
 *
 * @param subject What is tested.
 * @param needs What each test needs besides reading and writing.
 * @returns Registers a test.
 */
export function testsInFolder(
  subject: string,
  needs: readonly Need[] = [],
): (name: string, fn: (folder: string) => Promise<void>) => void {
  const test = gatedTests(subject, [
    ...needs,
    { name: "read" },
    { name: "write" },
  ]);
  return (name, fn) => test(name, () => inTemporaryFolder(fn));
}
