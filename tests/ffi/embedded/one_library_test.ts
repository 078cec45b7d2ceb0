// All isolates of a process have the same library, whoever loads it, and however often:
// the lock of the program break is in it.
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { openCLibrary } from "../../../ffi/c_library.ts";
import {
  embeddedLibrary,
  loadEmbedded,
  MemoryFile,
} from "../../../ffi/embedded_library.ts";
import { SONAME } from "../../../ffi/libraries.generated.ts";
import { gatedTest } from "../../support/permissions.ts";
import {
  copyProgram,
  inFolderWithPackage,
  TO_PUBLISH,
} from "../../support/published.ts";
import { DENO, run } from "../../support/run_deno.ts";

/** Where a function lies in the library that is opened by this name. */
function addressIn(name: string): bigint {
  const { osmem_sbrk } = Deno.dlopen(name, {
    osmem_sbrk: { type: "pointer" },
  }).symbols;
  return Deno.UnsafePointer.value(osmem_sbrk);
}

Deno.test("of several embedded libraries, all are given the one that was loaded first", () => {
  const c = openCLibrary();
  const first = addressIn(loadEmbedded(c));
  // These stay open: the dynamic loader knows what it loads by such a path as well.
  const others = [1, 2].map(() => new MemoryFile(c, SONAME, embeddedLibrary()));
  for (const { path } of others) assertNotEquals(addressIn(path), first);
  assertEquals(addressIn(SONAME), first);
  assertEquals(addressIn(loadEmbedded(c)), first);
});

/** Runs a program of `tests/processes/` where nothing was built; returns what it prints. */
function runEmbedded(
  [main, ...others]: readonly [string, ...string[]],
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  return inFolderWithPackage(async (folder) => {
    const file = await copyProgram(folder, main);
    for (const name of others) await copyProgram(folder, name);
    const flags = ["run", "--no-prompt", "--allow-ffi", "--allow-read"];
    const { stdout, stderr } = await run(DENO, [...flags, file, ...args], env);
    assertEquals(stderr, "");
    return JSON.parse(stdout);
  });
}

for (
  const [beginning, isolates] of [
    ["main first", 9],
    ["workers only", 8],
    ["each its own", 8],
  ] as const
) {
  gatedTest({
    name: `eight Workers have one embedded library: ${beginning}`,
    needs: TO_PUBLISH,
    async fn() {
      const programs = [
        "embedded_workers.ts",
        "embedded_worker.ts",
        "ask_worker.ts",
      ] as const;
      const addresses = await runEmbedded(programs, [beginning]) as number[];
      assertEquals(addresses.length, isolates);
      assertEquals(new Set(addresses).size, 1);
      assert(addresses[0]! > 0);
    },
  });
}

/**
 * Lets the C library's own malloc raise the break so far at first that it leaves it alone
 * later: it does not know osmem's lock.
 */
const LEAVE_THE_BREAK = {
  MALLOC_TOP_PAD_: `${2 ** 28}`,
  MALLOC_TRIM_THRESHOLD_: `${2 ** 30}`,
};

gatedTest({
  name:
    "Workers that raise the break at once never share memory, with one embedded library",
  needs: TO_PUBLISH,
  async fn() {
    const programs = [
      "racing_workers.ts",
      "raise_break_worker.ts",
      "ask_worker.ts",
    ] as const;
    const lost = await runEmbedded(programs, [], LEAVE_THE_BREAK);
    assertEquals(lost, [0, 0, 0, 0]);
  },
});
