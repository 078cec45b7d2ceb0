// What is said where the embedded library cannot be loaded either, and that nothing is
// left half made: once the system allows it, it is loaded.
import { assertEquals, assertMatch } from "@std/assert";
import { SONAME } from "../../../ffi/libraries.generated.ts";
import {
  gatedTest,
  isGranted,
  whyNotInstalled,
} from "../../support/permissions.ts";
import {
  copyProgram,
  inFolderWithPackage,
  TO_PUBLISH,
} from "../../support/published.ts";
import { DENO, run } from "../../support/run_deno.ts";

/** A limit of the system, and what comes of it. */
interface Refusal {
  readonly name: string;
  /** Its number in setrlimit(2). */
  readonly resource: number;
  readonly limit: number;
  /** Why there is no library beside the modules. */
  readonly beside: string;
  /** Why the embedded one cannot be loaded. */
  readonly embedded: string;
}

const REFUSALS: readonly Refusal[] = [
  {
    name: "open files",
    resource: 7,
    limit: 3,
    beside: "cannot open shared object file: Too many open files",
    embedded: "memfd_create failed with errno 24: Too many open files",
  },
  {
    name: "the size of files",
    resource: 1,
    limit: 10_000,
    beside: "cannot open shared object file: No such file or directory",
    embedded: "write failed with errno 27: File too large",
  },
];

const REMEDY =
  "build the library with `deno task build` (or `make -C native`) in osmem's folder, or " +
  "set OSMEM_LIB to a libosmem.so of this version and allow it with --allow-env=OSMEM_LIB";

for (const { name, resource, limit, beside, embedded } of REFUSALS) {
  gatedTest({
    name:
      `where the system limits ${name}, every place is listed with its reason`,
    needs: TO_PUBLISH,
    fn: () =>
      inFolderWithPackage(async (folder) => {
        const file = await copyProgram(folder, "load_refused.ts");
        const { stdout } = await run(DENO, [
          ...["run", "--no-prompt", "--allow-ffi", file],
          ...[`${resource}`, `${limit}`],
        ]);
        const [refused, afterwards] = JSON.parse(stdout);
        assertEquals(
          refused,
          `Cannot load osmem's native library. Tried:
  - ${folder}/osmem/native/libosmem.so: ${beside}
  - ${SONAME} (embedded): ${embedded}
To mend it, ${REMEDY}.`,
        );
        assertEquals(afterwards, "loaded");
      }),
  });
}

/** Hides /proc from a command, in a namespace of its own. */
const WITHOUT_PROC = ["-rm", "sh", "-c"];
const HIDE_PROC = 'mount -t tmpfs none /proc && exec "$0" "$@"';

/** Why /proc cannot be hidden here: the system may refuse namespaces. */
async function whyNotHidden(): Promise<string | undefined> {
  if (!isGranted({ name: "run" })) return undefined;
  const missing = whyNotInstalled("unshare");
  if (missing !== undefined) return missing;
  const args = [...WITHOUT_PROC, HIDE_PROC, "true"];
  const { code } = await run("unshare", args);
  return code === 0 ? undefined : "/proc cannot be hidden";
}

gatedTest({
  name: "where /proc is not mounted, the error says so, and is the cause",
  needs: [...TO_PUBLISH, { name: "run" }],
  leftOut: await whyNotHidden(),
  fn: () =>
    inFolderWithPackage(async (folder) => {
      const file = await copyProgram(folder, "load_library.ts");
      const { stdout, stderr } = await run("unshare", [
        ...[...WITHOUT_PROC, HIDE_PROC, DENO],
        ...["run", "--no-prompt", "--allow-ffi", file],
      ]);
      assertEquals(stderr, "");
      const { attempts, causeMessage } = JSON.parse(stdout);
      const { reason } = attempts.at(-1);
      assertMatch(reason, /^\/proc is not mounted, .*; mount it$/);
      assertEquals(causeMessage, reason);
    }),
});
