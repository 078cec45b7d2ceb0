import { MappingTable } from "./mapping_table.ts";
import type { Memory } from "./memory.ts";
import { pageSize, sbrk } from "./system.ts";

let shared: Memory | undefined;

/**
 * The process's own program break and mappings: what the `os_*` functions use.
 *
 * The break is shared with the C library's own malloc, which the runtime uses
 * from several threads. Others may move it between two calls, so a heap asks
 * where it is before it grows, and never lowers it.
 *
 * @returns The one such memory of this isolate.
 * @throws {LibraryError} If the native library cannot be loaded.
 *
 * @example A heap on the program break
 * ```ts
 * import { Heap, processMemory } from "@osmem/osmem";
 * import { assert } from "@std/assert";
 *
 * const heap = new Heap({ memory: processMemory() });
 * const address = heap.malloc(100);
 * assert(address < processMemory().sbrk(0));
 * heap.free(address);
 * ```
 */
export function processMemory(): Memory {
  return shared ??= openProcessMemory();
}

function openProcessMemory(): Memory {
  const mappings = new MappingTable();
  return {
    pageSize: pageSize(),
    sbrk,
    mmap: (length) => mappings.map(length),
    munmap: (address, length) => mappings.unmap(address, length),
    buffer: (address, length) => mappings.window(address, length),
  };
}
