import { isGranted, toRun } from "./permissions.ts";
import { run } from "./run_deno.ts";

/** Why a test that needs this command is left out, where it is not installed. */
export async function whyNotInstalled(
  command: string,
): Promise<string | undefined> {
  if (!isGranted(toRun("sh"))) return undefined;
  const { code } = await run("sh", ["-c", `command -v ${command}`]);
  return code === 0 ? undefined : `${command} is not installed`;
}
