import { assertEquals } from "@std/assert";
import { type ArenaMemory, arenaMemory, type Block } from "../../mod.ts";
import type { Allocator } from "./allocator.ts";
import {
  Model,
  type ModelOptions,
  type SystemCallMade,
} from "../../model/model.ts";
import { RecordedHeap } from "./recorded_heap.ts";

/** How a {@linkcode Lockstep} differs from the usual. */
export interface LockstepOptions {
  /** Address space for the heap, in bytes; the arena's default if left out. */
  readonly reserve?: number;
  /** Bytes that lie between the arena's start and the heap's; none by default. */
  readonly startAt?: number;
  /** After how many calls all blocks are compared; after each by default. */
  readonly blocksEvery?: number;
}

/**
 * A heap and the model making the same calls. After each call the results, the
 * system calls and all blocks must be the same on both sides.
 */
export class Lockstep implements Disposable {
  readonly heap: RecordedHeap;
  readonly model: Model;
  /** Places of the live payloads, in no order. */
  readonly live: number[] = [];
  /** Calls made so far. */
  calls = 0;

  readonly #arena: ArenaMemory;
  readonly #blocksEvery: number;

  constructor(options: Partial<ModelOptions>, more: LockstepOptions = {}) {
    const { reserve } = more;
    this.#arena = arenaMemory(reserve === undefined ? {} : { reserve });
    this.#arena.sbrk(more.startAt ?? 0);
    this.heap = new RecordedHeap(options, this.#arena);
    this.model = new Model(options);
    this.#blocksEvery = more.blocksEvery ?? 1;
  }

  malloc(size: number): void {
    this.#keep(this.#both(`malloc(${size})`, (side) => side.malloc(size)));
  }

  calloc(nmemb: number, size: number): void {
    const what = `calloc(${nmemb}, ${size})`;
    this.#keep(this.#both(what, (side) => side.calloc(nmemb, size)));
  }

  /** realloc() of the live block at `index`. */
  realloc(index: number, size: number): void {
    const place = this.#drop(index);
    const what = `realloc(${place}, ${size})`;
    this.#keep(this.#both(what, (side) => side.realloc(place, size)));
  }

  /** realloc() of NULL, or of an address inside a free block. */
  reallocOther(place: number, size: number): void {
    const what = `realloc(${place}, ${size})`;
    this.#keep(this.#both(what, (side) => side.realloc(place, size)));
  }

  /** free() of the live block at `index`. */
  free(index: number): void {
    const place = this.#drop(index);
    this.#both(`free(${place})`, (side) => (side.free(place), 0));
  }

  /** Somebody else raises the break. */
  raiseBreak(bytes: number): void {
    this.#arena.sbrk(bytes);
    this.model.moveBreak(bytes);
  }

  /** Compares all blocks. */
  compareBlocks(what = "all calls"): void {
    compareBlocks(this.heap.blocks(), this.model.blocks(), what);
  }

  [Symbol.dispose](): void {
    this.heap[Symbol.dispose]();
    this.#arena[Symbol.dispose]();
  }

  #both(what: string, call: (side: Allocator) => number): number {
    this.calls++;
    const expected = call(this.model);
    const actual = call(this.heap);
    if (actual !== expected) assertEquals(actual, expected, what);
    compareSystemCalls(
      this.heap.takeSystemCalls(),
      this.model.takeSystemCalls(),
      what,
    );
    if (this.calls % this.#blocksEvery === 0) this.compareBlocks(what);
    return expected;
  }

  #keep(place: number): void {
    if (place !== 0) this.live.push(place);
  }

  #drop(index: number): number {
    const place = this.live[index] ?? 0;
    const last = this.live.pop() ?? 0;
    if (index < this.live.length) this.live[index] = last;
    return place;
  }
}

// Comparing by hand and asking for a readable difference only where there is
// one: assertEquals() would take most of a long run's time.

function compareSystemCalls(
  actual: SystemCallMade[],
  expected: SystemCallMade[],
  what: string,
): void {
  const same = actual.length === expected.length &&
    expected.every(({ name, address, length }, index) => {
      const other = actual[index];
      return other?.name === name && other.address === address &&
        other.length === length;
    });
  if (!same) assertEquals(actual, expected, `system calls of ${what}`);
}

function compareBlocks(
  actual: Block[],
  expected: Block[],
  what: string,
): void {
  const same = actual.length === expected.length &&
    expected.every(({ address, payload, size, status }, index) => {
      const other = actual[index];
      return other?.address === address && other.payload === payload &&
        other.size === size && other.status === status;
    });
  if (!same) assertEquals(actual, expected, `blocks after ${what}`);
}
