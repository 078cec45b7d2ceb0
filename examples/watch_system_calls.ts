/**
 * The system calls of a heap, and what happens when one is refused: a memory
 * that passes every call on, prints it, and gives no more than so many bytes.
 *
 * ```sh
 * deno run --allow-ffi examples/watch_system_calls.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * malloc(100)
 *   sbrk(131072)
 * malloc(100)
 * malloc(131000)
 *   sbrk(232)
 * malloc(200000)
 *   mmap(200032)
 * malloc(300000)
 *   mmap(300032) is refused
 *   malloc(300000) failed: mmap(300032) failed with ENOMEM: the system has no memory to give
 * free the mapping
 *   munmap(200032)
 * ```
 *
 * @module
 */
import {
  arenaMemory,
  Heap,
  type Memory,
  OutOfMemoryError,
  SystemCallError,
} from "@osmem/osmem";

const ENOMEM = 12;

/** Prints the calls made to a memory, and refuses more than `limit` bytes. */
function watched(inner: Memory, limit: number): Memory {
  let given = 0;
  const give = (call: "sbrk" | "mmap", length: number) => {
    const refused = given + length > limit;
    console.log(`  ${call}(${length})${refused ? " is refused" : ""}`);
    if (refused) throw new SystemCallError(call, ENOMEM, [length]);
    given += length;
  };
  return {
    pageSize: inner.pageSize,
    sbrk(increment) {
      if (increment !== 0) give("sbrk", increment); // sbrk(0) is no system call
      return inner.sbrk(increment);
    },
    mmap(length) {
      give("mmap", length);
      return inner.mmap(length);
    },
    munmap(address, length) {
      console.log(`  munmap(${length})`);
      inner.munmap(address, length);
      given -= length;
    },
    buffer: (address, length) => inner.buffer(address, length),
  };
}

using arena = arenaMemory();
using heap = new Heap({ memory: watched(arena, 400_000) });

function allocate(size: number): number {
  console.log(`malloc(${size})`);
  return heap.malloc(size);
}

allocate(100);
allocate(100);
allocate(131_000);
const mapping = allocate(200_000);
try {
  allocate(300_000);
} catch (error) {
  if (!(error instanceof OutOfMemoryError)) throw error;
  console.log(`  ${error.message.split(". ")[0]}`);
}
console.log("free the mapping");
heap.free(mapping);
heap.check();
