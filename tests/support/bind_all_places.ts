import { type CBindings, Heap } from "../../mod.ts";

/** Heaps that can be bound at the same time. */
export const PLACES = 16;

const PATIENCE = 20_000; // milliseconds

/** Binds a heap to every place, as soon as each is given back; what it got in time. */
export async function bindAllPlaces(): Promise<CBindings[]> {
  const heap = new Heap();
  const bound: CBindings[] = [];
  const deadline = performance.now() + PATIENCE;
  while (bound.length < PLACES && performance.now() < deadline) {
    try {
      bound.push(heap.bindToC());
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  return bound;
}
