import {
  arenaMemory,
  Heap,
  type HeapPolicy,
  processMemory,
} from "../../mod.ts";

/** The memories that a trace can be replayed on. */
export const MEMORY_KINDS = ["arena", "process"] as const;

/**
 * One of {@linkcode MEMORY_KINDS}: a break of the heap's own, or the process's,
 * which others move too and which is never lowered.
 */
export type MemoryKind = typeof MEMORY_KINDS[number];

/** The heap that a trace is replayed on. */
export interface ReplayHeapOptions {
  /** The memory below it. */
  readonly memory: MemoryKind;
  /** Its policy; the contract's by default. */
  readonly policy?: Partial<HeapPolicy>;
}

/** A heap with the memory below it, both given back when disposed. */
export interface OpenHeap extends Disposable {
  /** The heap. */
  readonly heap: Heap;
}

/** A new heap on a memory of this kind. */
export function openHeap(options: ReplayHeapOptions): OpenHeap {
  const owner = new DisposableStack();
  const memory = options.memory === "arena"
    ? owner.use(arenaMemory())
    : processMemory();
  const heap = owner.use(new Heap({ ...options.policy, memory }));
  return { heap, [Symbol.dispose]: () => owner.dispose() };
}
