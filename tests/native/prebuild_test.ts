// The generated modules are those of today's sources, and are written anew and compared by
// `deno task prebuild`.
import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  type Architecture,
  ARCHITECTURES,
} from "../../native/prebuild/compiler.ts";
import { hashSources, readHeader } from "../../native/prebuild/sources.ts";
import {
  COMPILERS,
  LIBRARIES,
  SOURCES_HASH,
} from "../../ffi/libraries.generated.ts";
import { OSMEM_HEADER } from "../../ffi/osmem_header.generated.ts";
import { ROOT } from "../support/command.ts";
import { gatedTest, toRun, whyNotInstalled } from "../support/permissions.ts";
import { DENO, type Outcome, run } from "../support/run_deno.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const FILES = [{ name: "read" }, { name: "write" }] as const;

const PERMISSIONS = ["--allow-read", "--allow-write", "--allow-run"] as const;

/** The compilers that it takes. */
const COMPILERS_NEEDED = ARCHITECTURES.map((name) => `${name}-linux-gnu-gcc`);

const notInstalled = COMPILERS_NEEDED.map(whyNotInstalled).find(Boolean);

/** Runs the task among these sources: those of the repository, or a copy. */
function prebuild(
  sources: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const main = `${sources}/native/prebuild/main.ts`;
  return run(DENO, ["run", "--quiet", ...PERMISSIONS, main, ...args], env);
}

const SAID_NOTHING: Outcome = { code: 0, stdout: "", stderr: "" };

const HERE = decodeURIComponent(ROOT.pathname);

/** Copies what the task needs, without what it writes. */
async function copySources(folder: string): Promise<void> {
  for (const part of ["native", "native/prebuild", "ffi"]) {
    await Deno.mkdir(`${folder}/${part}`, { recursive: true });
    for await (const { name, isFile } of Deno.readDir(`${HERE}/${part}`)) {
      if (!isFile || name.endsWith(".generated.ts")) continue;
      await Deno.copyFile(
        `${HERE}/${part}/${name}`,
        `${folder}/${part}/${name}`,
      );
    }
  }
}

gatedTest({
  name: "the embedded library was compiled of today's sources, in today's way",
  needs: [{ name: "read" }],
  async fn() {
    assertEquals(SOURCES_HASH, await hashSources(), "run deno task prebuild");
  },
});

gatedTest({
  name: "the header for programs in C is today's",
  needs: [{ name: "read" }],
  async fn() {
    assertEquals(OSMEM_HEADER, await readHeader(), "run deno task prebuild");
  },
});

gatedTest({
  name:
    "prebuild writes modules in which it finds the same bytes when it compares",
  needs: [toRun(DENO), toRun("sh"), ...FILES],
  leftOut: notInstalled,
  fn: () =>
    inTemporaryFolder(async (folder) => {
      await copySources(folder);
      assertEquals(await prebuild(folder, []), SAID_NOTHING);
      const { code, stdout, stderr } = await prebuild(folder, ["--check"]);
      assertEquals([code, stderr], [0, ""]);
      assertMatch(
        stdout,
        /^sources: the same\nx86_64: the same .*\naarch64: the same .*\n$/,
      );
    }),
});

gatedTest({
  name:
    "prebuild --check tells when the sources have changed, and writes nothing",
  needs: [toRun(DENO), toRun("sh"), ...FILES],
  leftOut: notInstalled,
  fn: () =>
    inTemporaryFolder(async (folder) => {
      await copySources(folder);
      await prebuild(folder, []);
      const generated = `${folder}/ffi/libraries.generated.ts`;
      const before = await Deno.readTextFile(generated);
      await Deno.writeTextFile(`${folder}/native/exit.c`, "/* */\n", {
        append: true,
      });
      const { code, stdout } = await prebuild(folder, ["--check"]);
      assertEquals(code, 1);
      assertMatch(stdout, /^sources: changed; run deno task prebuild\n/);
      assertMatch(stdout, /^x86_64: different bytes$/m); // they have another SONAME
      assertEquals(await Deno.readTextFile(generated), before);
    }),
});

gatedTest({
  name:
    "prebuild --check finds the committed bytes, or names what they were compiled by",
  needs: [toRun(DENO), toRun("sh"), ...FILES],
  leftOut: notInstalled,
  async fn() {
    const { stdout } = await prebuild(HERE, ["--check"]);
    for (const name of ARCHITECTURES) assertIncludesComparison(stdout, name);
  },
});

/** Requires the committed bytes of the committed compiler, and the names of both otherwise. */
function assertIncludesComparison(text: string, name: Architecture): void {
  const [, comparison = ""] = text.split(`${name}: `);
  const [first, here, committed] = comparison.split("\n") as [
    ...[string, string, string],
  ];
  if (first.startsWith("the same ")) {
    const { length } = Uint8Array.fromBase64(LIBRARIES[name]);
    assertStringIncludes(first, `the same ${length} bytes, by `);
    return;
  }
  assertEquals(committed, `  by ${COMPILERS[name]} in the module`);
  assertNotEquals(here, `  by ${COMPILERS[name]} here`);
}

gatedTest({
  name: "prebuild names what to install where a compiler is missing",
  needs: [toRun(DENO), ...FILES],
  fn: () =>
    inTemporaryFolder(async (folder) => {
      const { code, stdout, stderr } = await prebuild(HERE, [], {
        PATH: folder,
      });
      assertEquals([code, stdout], [1, ""]);
      assertMatch(
        stderr,
        /^(x86_64|aarch64)-linux-gnu-gcc is not installed; on Debian: apt-get install gcc/,
      );
    }),
});

gatedTest({
  name: "prebuild refuses what it does not know",
  needs: [toRun(DENO)],
  async fn() {
    for (const args of [["--chek"], ["--check", "--check"]]) {
      const outcome = await prebuild(HERE, args);
      assertEquals(outcome, {
        code: 2,
        stdout: "",
        stderr: "expected nothing or --check: deno task prebuild [--check]\n",
      });
    }
  },
});
