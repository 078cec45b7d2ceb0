import {
  arenaMemory,
  Heap,
  type HeapPolicy,
  processMemory,
} from "@osmem/osmem";

/**
 * The memory of a heap: `"arena"` has a break of its own, `"process"` uses the break of
 * the process, which others move too and which is never lowered.
 */
export type MemoryKind = "arena" | "process";

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
