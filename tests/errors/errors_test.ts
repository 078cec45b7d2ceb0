// What the errors carry for those who catch them.
import { assertEquals, assertInstanceOf } from "@std/assert";
import {
  CorruptionError,
  InvalidPointerError,
  LibraryError,
  OutOfMemoryError,
  SystemCallError,
} from "../../mod.ts";

const ERRORS: readonly (readonly [name: string, error: Error])[] = [
  ["CorruptionError", new CorruptionError("header size", 4096, "found 1")],
  ["InvalidPointerError", new InvalidPointerError(8, "unaligned", "no")],
  ["LibraryError", new LibraryError([], "build it")],
  ["OutOfMemoryError", new OutOfMemoryError("malloc(8)", "no memory")],
  ["SystemCallError", new SystemCallError("mmap", 12)],
];

for (const [name, error] of ERRORS) {
  Deno.test(`a ${name} says its name, and is an Error`, () => {
    assertInstanceOf(error, Error);
    assertEquals(error.name, name);
    assertEquals(error.toString().startsWith(`${name}: `), true);
  });
}

Deno.test("a SystemCallError names the call with its arguments, and the error number", () => {
  const error = new SystemCallError("munmap", 22, [0x7f00_0000_1000, 4096]);
  assertEquals(
    error.message,
    "munmap(0x7f0000001000, 4096) failed with EINVAL: invalid argument",
  );
  assertEquals([error.syscall, error.errno, error.code], [
    "munmap",
    22,
    "EINVAL",
  ]);
});

Deno.test("a SystemCallError of an unknown error number shows the number", () => {
  const error = new SystemCallError("sbrk", 4095, [8]);
  assertEquals(error.code, "errno 4095");
  assertEquals(
    error.message.startsWith("sbrk(8) failed with errno 4095"),
    true,
  );
});

Deno.test("a CorruptionError says where and what", () => {
  const error = new CorruptionError("header size", 0x1000, "found 1");
  assertEquals([error.invariant, error.address], ["header size", 0x1000]);
  assertEquals(
    error.message,
    "Heap corrupted at 0x1000: header size: found 1",
  );
});

Deno.test("an OutOfMemoryError carries the system call's error", () => {
  const cause = new SystemCallError("mmap", 12, [4096]);
  const error = new OutOfMemoryError("malloc(8)", cause.message, cause);
  assertEquals(error.cause, cause);
  assertEquals(error.message.includes("malloc(8) failed: mmap(4096)"), true);
});
