// The file in memory that the embedded library is loaded from, where the system does less
// than it was asked for, or refuses.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { type CFunctions, openCLibrary } from "../../../ffi/c_library.ts";
import { loadFromMemory, MemoryFile } from "../../../ffi/embedded_library.ts";

const MFD_EXEC = 0x10;
const F_GETFD = 1;
const NOT_OPEN = -1;
const CONTENTS = Uint8Array.from({ length: 10_000 }, (_, index) => index % 251);

const { pread, fcntl } = Deno.dlopen("libc.so.6", {
  pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "isize" },
  fcntl: { parameters: ["i32", "i32"], result: "i32" },
}).symbols;

/** The C library, of which some functions are others. */
class Changed {
  readonly c: CFunctions;
  /** What memfd_create answered, call by call. */
  readonly descriptors: number[] = [];

  constructor(change: (real: CFunctions) => Partial<CFunctions> = () => ({})) {
    const real = openCLibrary();
    const changed = { ...real, ...change(real) };
    this.c = {
      ...changed,
      memfd_create: (name, flags) => {
        const descriptor = changed.memfd_create(name, flags);
        this.descriptors.push(descriptor);
        return descriptor;
      },
    };
  }

  /** Makes a file, which may fail. */
  make(): MemoryFile {
    return new MemoryFile(this.c, "test", CONTENTS);
  }
}

function isOpen(descriptor: number): boolean {
  return fcntl(descriptor, F_GETFD) !== -1;
}

/** What a file holds, as far as it goes. */
function contentsOf(descriptor: number): Uint8Array {
  const bytes = new Uint8Array(2 * CONTENTS.length);
  const length = pread(descriptor, bytes, BigInt(bytes.length), 0n);
  return bytes.subarray(0, Number(length));
}

Deno.test("a file in memory holds what it was given until it is disposed of", () => {
  const changed = new Changed();
  const file = changed.make();
  const [descriptor] = changed.descriptors as [number];
  assertEquals(file.path, `/proc/self/fd/${descriptor}`);
  assertEquals(contentsOf(descriptor), CONTENTS);
  file[Symbol.dispose]();
  assert(!isOpen(descriptor));
});

Deno.test("a file in memory is written in as many parts as the system takes", () => {
  let calls = 0;
  const changed = new Changed(({ write }) => ({
    write(descriptor, bytes, length) {
      calls++;
      return write(descriptor, bytes, length > 999n ? 999n : length);
    },
  }));
  using _file = changed.make();
  assertEquals(calls, 11);
  assertEquals(contentsOf(changed.descriptors[0]!), CONTENTS);
});

Deno.test("a system that does not know executable files in memory is asked for plain ones", () => {
  const changed = new Changed(({ memfd_create }) => ({
    memfd_create: (name, flags) =>
      flags & MFD_EXEC ? -1 : memfd_create(name, flags),
  }));
  using _file = changed.make();
  assertEquals(changed.descriptors.length, 2);
  assertEquals(contentsOf(changed.descriptors[1]!), CONTENTS);
});

Deno.test("a file in memory that cannot be written to the end is closed", () => {
  let calls = 0;
  const changed = new Changed(({ write }) => ({
    write: (descriptor, bytes) =>
      write(calls++ === 0 ? descriptor : NOT_OPEN, bytes, 999n),
  }));
  const error = assertThrows(() => changed.make(), Error);
  assertEquals(error.message, "write failed with errno 9: Bad file descriptor");
  assert(!isOpen(changed.descriptors[0]!));
});

Deno.test("a file in memory that the system takes nothing into is closed", () => {
  const changed = new Changed(() => ({ write: () => 0n }));
  assertThrows(() => changed.make(), Error, "write took none of the bytes");
  assert(!isOpen(changed.descriptors[0]!));
});

Deno.test("a file in memory that cannot be loaded is closed", () => {
  const changed = new Changed(() => ({ write: (_, __, length) => length }));
  assertThrows(() => loadFromMemory(changed.c), Error, "file too short");
  assert(!isOpen(changed.descriptors[0]!));
});
