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
