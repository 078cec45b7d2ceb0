// Where a library is not installed, tests and benchmark say which package has it.
import { assertEquals } from "@std/assert";
import { whyMissing } from "../../../../bench/clients/client.ts";

const ABSENT = { file: "libabsent.so.0", debianPackage: "libabsent0" };

Deno.test("a library that is not there is missing, and its package is named", () => {
  assertEquals(
    whyMissing(ABSENT),
    "there is no libabsent.so.0; Debian has it in the package libabsent0",
  );
});

Deno.test("a library that is there is not missing", () => {
  const libc = { file: "libc.so.6", debianPackage: "libc6" };
  assertEquals(whyMissing(libc), undefined);
});

Deno.test({
  name: "without permission nobody knows whether a library is there",
  permissions: { ffi: false },
  fn: () => assertEquals(whyMissing(ABSENT), "needs --allow-ffi"),
});
