// The embedded library of each machine works there: a program in C loads it, and uses
// each part. Another machine than this one is emulated.
import { assert, assertEquals } from "@std/assert";
import {
  type Architecture,
  ARCHITECTURES,
} from "../../../native/prebuild/compiler.ts";
import { LIBRARIES } from "../../../ffi/libraries.generated.ts";
import { ABI } from "../../../ffi/library.ts";
import { gatedTest, whyNotInstalled } from "../../support/permissions.ts";
import { run } from "../../support/run_deno.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const SOURCE = decodeURIComponent(
  new URL("../../support/c/embedded_library.c", import.meta.url).pathname,
);

const PRINTED = `ABI: ${ABI}
sbrk: 1 4096
munmap: 0 -22
mmap: -12
mprotect: 0 -12
owned break: 1 0
owned arena: 1 1 0
owned, given back by another: 1
malloc: 1 1
usable size: 100
hook: 21
os_malloc: 1
unbound: 1
`;

/** What runs programs of a machine, where this is another one. */
function emulatorOf(architecture: Architecture): string[] {
  if (architecture === Deno.build.arch) return [];
  const folder = `/usr/${architecture}-linux-gnu`; // with the C library of that machine
  return [`qemu-${architecture}`, "-L", folder];
}

/** What it takes to run a program in C on a machine. */
function commandsFor(architecture: Architecture): string[] {
  return [
    `${architecture}-linux-gnu-gcc`,
    ...emulatorOf(architecture).slice(0, 1),
  ];
}

/** Registers a test of a machine's library, perhaps with other options of the emulator. */
function test(
  name: string,
  architecture: Architecture,
  options: readonly string[] = [],
): void {
  const missing = commandsFor(architecture).map(whyNotInstalled);
  gatedTest({
    name,
    needs: [{ name: "run" }, { name: "read" }, { name: "write" }],
    leftOut: missing.find((reason) => reason !== undefined),
    fn: () =>
      inTemporaryFolder(async (folder) => {
        const [program, library] = [`${folder}/program`, `${folder}/library`];
        const bytes = Uint8Array.fromBase64(LIBRARIES[architecture]);
        await Deno.writeFile(library, bytes);
        await compile(architecture, program);
        const [command, ...args] = [
          ...emulatorOf(architecture),
          ...options,
          ...[program, library],
        ] as [string, ...string[]];
        const { code, stdout } = await run(command, args);
        assertEquals([code, stdout], [0, PRINTED]);
      }),
  });
}

async function compile(
  architecture: Architecture,
  program: string,
): Promise<void> {
  const flags = ["-O1", "-Wall", "-Wextra", "-Werror", "-ldl"];
  const { code, stderr } = await run(
    `${architecture}-linux-gnu-gcc`,
    [SOURCE, "-o", program, ...flags],
  );
  assertEquals([code, stderr], [0, ""]);
}

/** The oldest glibc that Deno runs with. */
const OLDEST_GLIBC = 27; // 2.27

/** What comes behind the point in each version of glibc that a library asks for. */
function glibcVersions(architecture: Architecture): number[] {
  const text = atob(LIBRARIES[architecture]);
  return Array.from(
    text.matchAll(/GLIBC_2\.(\d+)/g),
    ([, version]) => Number(version),
  );
}

for (const architecture of ARCHITECTURES) {
  Deno.test(`the embedded library for ${architecture} asks no more of glibc than Deno does`, () => {
    const newest = Math.max(...glibcVersions(architecture));
    assert(newest > 0 && newest <= OLDEST_GLIBC, `it needs 2.${newest}`);
  });

  test(`the embedded library works on ${architecture}`, architecture);
}

if (emulatorOf("aarch64").length > 0) {
  test(
    "the embedded library works on aarch64 with pages of 64 KiB",
    "aarch64",
    ["-p", "65536"],
  );
}
