import type { Memory } from "../../mod.ts";

/** A memory that passes on what `replaced` does not do itself. */
export function wrapMemory(inner: Memory, replaced: Partial<Memory>): Memory {
  return {
    pageSize: inner.pageSize,
    sbrk: (increment) => inner.sbrk(increment),
    mmap: (length) => inner.mmap(length),
    munmap: (address, length) => inner.munmap(address, length),
    buffer: (address, length) => inner.buffer(address, length),
    ...replaced,
  };
}
