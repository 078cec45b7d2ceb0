import {
  type ArenaMemory,
  arenaMemory,
  type Block,
  Heap,
  type Memory,
} from "../../mod.ts";
import type { Allocator } from "./allocator.ts";
import { type CHeader, headerView, readHeader } from "./c_header.ts";
import type { ModelOptions, SystemCallMade } from "../../model/model.ts";
import { readOnce } from "./read_once.ts";
import { RecordingMemory } from "./recording_memory.ts";

/** A heap on real memory, spoken to in places. */
export class RecordedHeap implements Allocator, Disposable {
  readonly heap: Heap;
  readonly #memory: RecordingMemory;
  readonly #arena: ArenaMemory | undefined;

  /**
   * @param options The heap's numbers.
   * @param memory Where it lies; an arena of its own if left out.
   */
  constructor(options: Partial<ModelOptions> = {}, memory?: Memory) {
    if (memory === undefined) memory = this.#arena = arenaMemory();
    this.#memory = new RecordingMemory(memory);
    this.heap = new Heap(readOnce({ ...options, memory: this.#memory }));
  }

  malloc(size: number): number {
    return this.#memory.placeOf(this.heap.malloc(size));
  }

  calloc(nmemb: number, size: number): number {
    return this.#memory.placeOf(this.heap.calloc(nmemb, size));
  }

  realloc(address: number, size: number): number {
    const block = this.#memory.addressOf(address);
    return this.#memory.placeOf(this.heap.realloc(block, size));
  }

  free(address: number): void {
    this.heap.free(this.#memory.addressOf(address));
  }

  takeSystemCalls(): SystemCallMade[] {
    const taken = this.#memory.systemCalls;
    this.#memory.systemCalls = [];
    return taken;
  }

  blocks(): Block[] {
    const blocks: Block[] = [];
    for (const { address, payload, size, status } of this.heap.blocks()) {
      const place = this.#memory.placeOf(address);
      const offset = payload - address;
      blocks.push({ address: place, payload: place + offset, size, status });
    }
    return blocks;
  }

  /** The header at a place as a C program reads it, its pointers as places. */
  header(place: number): CHeader {
    const header = readHeader(this.#memory, this.addressOf(place));
    return {
      ...header,
      prev: this.#memory.placeOf(header.prev),
      next: this.#memory.placeOf(header.next),
    };
  }

  /** The bytes of the header at a place, to overwrite. */
  rawHeader(place: number): DataView {
    return headerView(this.#memory, this.addressOf(place));
  }

  /** The address of a place. */
  addressOf(place: number): number {
    return this.#memory.addressOf(place);
  }

  [Symbol.dispose](): void {
    this.heap[Symbol.dispose]();
    this.#arena?.[Symbol.dispose]();
  }
}
