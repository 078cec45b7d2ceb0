// How the native library is found, and what is said when it cannot be used. Each
// case needs a process of its own, since a library is loaded once.
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { SONAME } from "../../ffi/libraries.generated.ts";
import { ABI } from "../../ffi/library.ts";
import { type LibraryAttempt, LibraryError } from "../../mod.ts";
import { BUILT_LIBRARY, whyNotBuilt } from "../support/built.ts";
import { gatedTest, toRun } from "../support/permissions.ts";
import { copyProgram, inFolderWithPackage } from "../support/published.ts";
import { DENO, program, run } from "../support/run_deno.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

interface Report {
  readonly loaded?: boolean;
  readonly name?: string;
  readonly message?: string;
  readonly attempts?: readonly LibraryAttempt[];
  readonly causeName?: string;
}

const EMBEDDED = `${SONAME} (embedded)`;
const toRunDeno = toRun(DENO);

async function load(
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
  file = program("load_library.ts"),
): Promise<Report> {
  const args = ["run", "--no-prompt", ...flags, file];
  const { code, stdout, stderr } = await run(DENO, args, env);
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}

/** Builds a library from C text. */
async function buildLibrary(
  source: string,
  path: string,
  flags: readonly string[] = [],
): Promise<void> {
  await Deno.writeTextFile(`${path}.c`, source);
  const { code, stderr } = await run(
    "cc",
    ["-shared", "-fPIC", "-o", path, `${path}.c`, ...flags],
  );
  assertEquals(code, 0, stderr);
}

/** Builds a library from C text, and hands its path to `use`. */
function withLibrary(
  source: string,
  use: (path: string) => Promise<void>,
): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    const path = `${folder}/libother.so`;
    await buildLibrary(source, path);
    await use(path);
  });
}

/** Every function of the library, speaking another ABI than ours. */
const OTHER_ABI = `
#include <stdint.h>
uint32_t osmem_abi(void) { return 999; }
uint32_t osmem_page_size(void) { return 4096; }
double osmem_sbrk(double increment) { return increment; }
double osmem_mmap(double length, uint32_t reserve) { return length + reserve; }
int32_t osmem_mprotect(double address, double length, uint32_t splits) { return address < length + splits; }
int32_t osmem_munmap(double address, double length) { return address < length; }
void *osmem_pointer(double address) { return (void *)(uintptr_t)address; }
double osmem_address(void *pointer) { return (double)(uintptr_t)pointer; }
`;

/** A library of the right ABI that refuses every mapping, which any heap on it notices. */
const REFUSING = OTHER_ABI.replace("999", `${ABI}`)
  .replace("return length + reserve;", "return -12;");

const REFUSED = "mmap(4294967296) failed with ENOMEM";

const canCompile = [
  toRunDeno,
  toRun("cc"),
  { name: "read" },
  { name: "write" },
] as const;

gatedTest({
  name: "the library beside the modules is loaded with nothing but --allow-ffi",
  needs: [toRunDeno],
  async fn() {
    assertEquals(await load(["--allow-ffi"]), { loaded: true });
  },
});

gatedTest({
  name: "nothing is loaded when the module is imported",
  needs: [toRunDeno],
  async fn() {
    const mod = new URL("../../mod.ts", import.meta.url).href;
    const { code, stderr } = await run(DENO, [
      "eval",
      `await import(${JSON.stringify(mod)})`,
    ]);
    assertEquals([code, stderr], [0, ""]);
  },
});

gatedTest({
  name: "without --allow-ffi the error says to grant it, and carries its cause",
  needs: [toRunDeno],
  async fn() {
    const report = await load([]);
    assertEquals(report.name, "LibraryError");
    assertEquals(report.attempts?.map(({ path }) => path), [
      BUILT_LIBRARY,
      EMBEDDED,
    ]);
    assertStringIncludes(report.message!, BUILT_LIBRARY);
    assertMatch(report.message!, /run deno with plain --allow-ffi\.$/);
    assertEquals(report.causeName, "NotCapable");
  },
});

gatedTest({
  name: "--allow-ffi for one path is refused, and the error says what to grant",
  needs: [toRunDeno, { name: "read" }],
  leftOut: whyNotBuilt(),
  async fn() {
    const report = await load([`--allow-ffi=${BUILT_LIBRARY}`]);
    assertEquals(report.name, "LibraryError");
    assertStringIncludes(report.attempts![0]!.reason, "plain --allow-ffi");
    assertMatch(report.message!, /run deno with plain --allow-ffi\.$/);
  },
});

gatedTest({
  name:
    "--allow-ffi for the path of a broken library is refused, and the error says what to grant",
  needs: canCompile,
  async fn() {
    await withLibrary(OTHER_ABI, async (path) => {
      const flags = [`--allow-ffi=${path}`, "--allow-env=OSMEM_LIB"];
      const { message } = await load(flags, { OSMEM_LIB: path });
      assertMatch(message!, /run deno with plain --allow-ffi\.$/);
    });
  },
});

gatedTest({
  name:
    "--allow-ffi for one path is refused where nothing was built, and the error says what to grant",
  needs: [toRunDeno, { name: "read" }, { name: "write" }],
  fn: () =>
    inFolderWithPackage(async (folder) => {
      const file = await copyProgram(folder, "load_library.ts");
      const built = `${folder}/osmem/native/libosmem.so`;
      const { message } = await load([`--allow-ffi=${built}`], {}, file);
      assertMatch(message!, /run deno with plain --allow-ffi\.$/);
    }),
});

gatedTest({
  name:
    "OSMEM_LIB that cannot be loaded is an error, and no other library is tried",
  needs: [toRunDeno],
  async fn() {
    const flags = ["--allow-ffi", "--allow-env=OSMEM_LIB"];
    const report = await load(flags, { OSMEM_LIB: "/nowhere/libosmem.so" });
    assertEquals(report.name, "LibraryError");
    assertEquals(report.attempts?.map(({ path }) => path), [
      "/nowhere/libosmem.so",
    ]);
    assertMatch(report.message!, /set OSMEM_LIB to .*, or unset it to use/);
  },
});

gatedTest({
  name: "OSMEM_LIB that is empty counts as unset",
  needs: [toRunDeno],
  async fn() {
    const flags = ["--allow-ffi", "--allow-env=OSMEM_LIB"];
    assertEquals(await load(flags, { OSMEM_LIB: "" }), { loaded: true });
  },
});

gatedTest({
  name: "OSMEM_LIB counts as unset when reading it is not allowed",
  needs: [toRunDeno],
  async fn() {
    const env = { OSMEM_LIB: "/nowhere/libosmem.so" };
    const report = await load(["--deny-ffi", "--deny-env"], env);
    assertEquals(report.attempts?.map(({ path }) => path), [
      BUILT_LIBRARY,
      EMBEDDED,
    ]);
  },
});

gatedTest({
  name: "every path that was tried is listed with its own reason",
  needs: [toRunDeno],
  async fn() {
    const report = await load(["--deny-ffi"]);
    assertEquals(report.attempts?.map(({ path }) => path), [
      BUILT_LIBRARY,
      EMBEDDED,
    ]);
    for (const { path, reason } of report.attempts!) {
      assertStringIncludes(report.message!, `${path}: ${reason}`);
      assert(reason.length > 0);
    }
  },
});

gatedTest({
  name: "the cause is the failure of the library that OSMEM_LIB chose",
  needs: [toRunDeno, { name: "read" }, { name: "write" }],
  fn: () =>
    inFolderWithPackage(async (folder) => {
      const file = await copyProgram(folder, "load_refused.ts");
      const { stdout } = await run(DENO, [
        ...["run", "--no-prompt", "--allow-ffi", "--allow-env=OSMEM_LIB"],
        ...[file, "7", "3"], // no more files can be opened
      ], { OSMEM_LIB: "/nowhere/libosmem.so" });
      const [, , cause] = JSON.parse(stdout);
      assertStringIncludes(cause, "/nowhere/libosmem.so");
    }),
});

gatedTest({
  name: "without OSMEM_LIB the cause is the failure of the embedded library",
  needs: [toRunDeno, { name: "read" }, { name: "write" }],
  fn: () =>
    inFolderWithPackage(async (folder) => {
      const file = await copyProgram(folder, "load_refused.ts");
      const { stdout } = await run(DENO, [
        ...["run", "--no-prompt", "--allow-ffi", file],
        ...["7", "3"], // no more files can be opened
      ]);
      const [, , cause] = JSON.parse(stdout);
      assertMatch(cause, /^memfd_create failed with errno 24/);
    }),
});

gatedTest({
  name: "a library in OSMEM_LIB is the one that is used",
  needs: canCompile,
  async fn() {
    await withLibrary(REFUSING, async (path) => {
      const { code, stderr } = await run(
        DENO,
        [
          "run",
          "--allow-ffi",
          "--allow-env=OSMEM_LIB",
          program("load_library.ts"),
        ],
        { OSMEM_LIB: path },
      );
      assertEquals(code, 1);
      assertStringIncludes(stderr, REFUSED);
    });
  },
});

gatedTest({
  name: "a library of another ABI is not used, and the error names both ABIs",
  needs: canCompile,
  async fn() {
    await withLibrary(OTHER_ABI, async (path) => {
      const flags = ["--allow-ffi", "--allow-env=OSMEM_LIB"];
      const { attempts } = await load(flags, { OSMEM_LIB: path });
      assertEquals(attempts?.map(({ path }) => path), [path]);
      assertMatch(attempts![0]!.reason, new RegExp(`ABI 999.*ABI ${ABI}`));
    });
  },
});

gatedTest({
  name: "where nothing was built, the embedded library is loaded",
  needs: [toRunDeno, { name: "read" }, { name: "write" }],
  fn: () =>
    inFolderWithPackage(async (folder) => {
      const file = await copyProgram(folder, "load_library.ts");
      assertEquals(await load(["--allow-ffi"], {}, file), { loaded: true });
    }),
});

gatedTest({
  name: "a library beside the modules is used before the embedded one",
  needs: canCompile,
  fn: () =>
    inFolderWithPackage(async (folder) => {
      const file = await copyProgram(folder, "load_library.ts");
      await Deno.mkdir(`${folder}/osmem/native`);
      await buildLibrary(REFUSING, `${folder}/osmem/native/libosmem.so`);
      const { code, stderr } = await run(DENO, ["run", "--allow-ffi", file]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, REFUSED);
    }),
});

gatedTest({
  name:
    "a library of another ABI beside the modules gives way to the embedded one",
  needs: canCompile,
  fn: () =>
    inFolderWithPackage(async (folder) => {
      const file = await copyProgram(folder, "load_library.ts");
      await Deno.mkdir(`${folder}/osmem/native`);
      await buildLibrary(OTHER_ABI, `${folder}/osmem/native/libosmem.so`);
      assertEquals(await load(["--allow-ffi"], {}, file), { loaded: true });
    }),
});

/** What a package uses in a process that has loaded another library before. */
function loadAfter(source: string): Promise<string> {
  return inFolderWithPackage(async (folder) => {
    const library = `${folder}/libloaded.so`;
    await buildLibrary(source, library, ["-Wl,-soname,libosmem.so"]);
    const file = await copyProgram(folder, "load_after_another.ts");
    const args = ["run", "--allow-ffi", file, library];
    const { stdout, stderr } = await run(DENO, args);
    assertEquals(stderr, "");
    return stdout.trimEnd();
  });
}

gatedTest({
  name:
    "a library that another isolate has loaded is used before the embedded one",
  needs: canCompile,
  async fn() {
    assertEquals(await loadAfter(REFUSING), "libosmem.so");
  },
});

gatedTest({
  name: "a library of another ABI that another isolate has loaded is not used",
  needs: canCompile,
  async fn() {
    assertEquals(await loadAfter(OTHER_ABI), SONAME);
  },
});

Deno.test("a LibraryError lists its attempts, what to do, and carries its cause", () => {
  const cause = new Error("no such file");
  const error = new LibraryError(
    [{ path: "/one.so", reason: "broken" }, {
      path: "/two.so",
      reason: "gone",
    }],
    "build it",
    cause,
  );
  assertStringIncludes(error.message, "/one.so: broken");
  assertStringIncludes(error.message, "/two.so: gone");
  assertMatch(error.message, /build it\.$/);
  assertEquals(error.cause, cause);
  assertEquals(error.attempts.length, 2);
});
