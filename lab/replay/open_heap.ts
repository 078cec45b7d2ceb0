import { type Address, arenaMemory, Heap, processMemory } from "../../mod.ts";
import { ObservedMemory } from "./observed_memory.ts";

/** The memories that a trace can be replayed on. */
export const MEMORY_KINDS = ["arena", "process"] as const;

/**
 * One of {@linkcode MEMORY_KINDS}: a break of the heap's own, or the process's,
 * which others move too and which is never lowered.
 */
export type MemoryKind = typeof MEMORY_KINDS[number];

/** A heap with the memory below it, both given back when disposed. */
export interface OpenHeap extends Disposable {
  /** The heap. */
  readonly heap: Heap;
}

/**
 * A new heap on a memory of this kind.
 *
 * @param kind The memory.
 * @param onGrowth Called before each growth of the break, with its address.
 */
export function openHeap(
  kind: MemoryKind,
  onGrowth: (programBreak: Address) => void = () => {},
): OpenHeap {
  const owner = new DisposableStack();
  const memory = kind === "arena" ? owner.use(arenaMemory()) : processMemory();
  const observed = new ObservedMemory(memory, onGrowth);
  const heap = owner.use(new Heap({ memory: observed }));
  return { heap, [Symbol.dispose]: () => owner.dispose() };
}
