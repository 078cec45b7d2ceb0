// The command `osmem`, installed from a clone and from a folder of the published files.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ROOT } from "../support/command.ts";
import { gatedTest } from "../support/permissions.ts";
import { inFolderWithPackage, TO_PUBLISH } from "../support/published.ts";
import { DENO, type Outcome, run } from "../support/run_deno.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const TRACE = "1 1 2 1\na 0 8\nf 0\n";

/** The generated command runs `deno`, which it looks for in this environment. */
const ENVIRONMENT = {
  PATH: `${DENO.slice(0, DENO.lastIndexOf("/"))}:/usr/bin:/bin`,
};

/** Installs the command line of this folder, as `lab/README.md` says. */
async function install(osmem: string, root: string): Promise<string> {
  const { code, stderr } = await run(DENO, [
    ...["install", "--global", "--root", root, "--name", "osmem"],
    ...["--config", `${osmem}/lab/deno.json`, "--allow-ffi", "--allow-read"],
    ...["--allow-write", "--allow-run", `${osmem}/lab/cli.ts`],
  ], ENVIRONMENT);
  assertEquals(code, 0, stderr);
  return `${root}/bin/osmem`;
}

/** Runs the installed command in a folder that has nothing to do with osmem. */
function runIn(
  folder: string,
  command: string,
  args: string,
): Promise<Outcome> {
  return run("sh", ["-c", `cd ${folder} && ${command} ${args}`], ENVIRONMENT);
}

async function requireWorking(osmem: string): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const command = await install(osmem, `${folder}/root`);
    await Deno.mkdir(`${folder}/elsewhere`);
    await Deno.writeTextFile(`${folder}/elsewhere/my.trace`, TRACE);
    const replay = await runIn(`${folder}/elsewhere`, command, "run my.trace");
    assertEquals([replay.code, replay.stderr], [0, ""]);
    assertStringIncludes(replay.stdout, "Replayed 2 calls of my.trace");
    const compare = await runIn(
      `${folder}/elsewhere`,
      command,
      "compare --fit best,first my.trace", // each in a process of its own
    );
    assertEquals([compare.code, compare.stderr], [0, ""]);
    const report = await runIn(
      `${folder}/elsewhere`,
      command,
      "report my.trace",
    );
    assertEquals([report.code, report.stderr], [0, ""]);
    await Deno.stat(`${folder}/elsewhere/report.html`);
  });
}

gatedTest({
  name: "osmem installed from a clone works from any folder",
  needs: [...TO_PUBLISH, { name: "run" }],
  fn: () => requireWorking(decodeURIComponent(ROOT.pathname).slice(0, -1)),
});

gatedTest({
  name: "osmem installed from the published files works from any folder",
  needs: [...TO_PUBLISH, { name: "run" }],
  fn: () => inFolderWithPackage((folder) => requireWorking(`${folder}/osmem`)),
});
