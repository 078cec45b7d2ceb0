import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
} from "@std/assert";
import {
  type Address,
  type ArenaMemory,
  arenaMemory,
  type Block,
  Heap,
  type HeapOptions,
  OutOfMemoryError,
  SystemCallError,
} from "../../mod.ts";
import { Contents } from "./contents.ts";
import { areZeros } from "./patterns.ts";
import { never, type Refusal, RefusingMemory } from "./refusing_memory.ts";

/** A call of a workload. Blocks go by names. */
export type Step =
  | readonly ["malloc", name: string, size: number]
  | readonly ["calloc", name: string, nmemb: number, size: number]
  | readonly ["realloc", name: string, size: number]
  | readonly ["free", name: string];

interface Snapshot {
  readonly liveBlocks: number;
  readonly footprintBytes: number;
  readonly blocks: Block[];
}

/** A heap on a memory that refuses, and what its user knows of it. */
export class Patient implements Disposable {
  readonly memory: RefusingMemory;
  readonly heap: Heap;
  readonly contents: Contents;
  readonly #arena: ArenaMemory;
  readonly #named = new Map<string, Address>();
  /** Whether a refusal may be made good by memory that was kept back. */
  readonly #isDebug: boolean;

  constructor(options: HeapOptions, refuses: Refusal) {
    this.#isDebug = options.debug ?? false;
    this.#arena = arenaMemory({ reserve: 1 << 24 });
    this.memory = new RefusingMemory(this.#arena, refuses);
    this.heap = new Heap({ ...options, memory: this.memory });
    this.contents = new Contents(this.heap);
  }

  /** Makes a step; if it is refused, sees to it that nothing happened. */
  attempt(step: Step): void {
    const before = this.#snapshot();
    const refused = this.memory.refused;
    try {
      this.#make(step);
      const isTold = step[0] !== "free" && !this.#isDebug;
      if (isTold) this.#requireNoneRefused(refused);
    } catch (error) {
      requireRefusal(error);
      assertGreater(this.memory.refused, refused, "no refusal, but an error");
      this.#requireUnchanged(before, step);
      if (error instanceof OutOfMemoryError) this.#requireSameExtent(before);
    }
    this.heap.check();
    this.contents.verifyAll();
  }

  /** Frees all there is, on a memory that refuses nothing any more. */
  release(): void {
    this.memory.refuses = never;
    for (const address of this.contents.addresses) {
      this.heap.free(address);
      this.contents.forget(address);
    }
    this.heap.check();
    const { liveBlocks, liveBytes, mappedBlocks } = this.heap.stats();
    assertEquals({ liveBlocks, liveBytes, mappedBlocks }, {
      liveBlocks: 0,
      liveBytes: 0,
      mappedBlocks: 0,
    });
    this.heap.free(this.heap.malloc(8));
    const heldOnHeap = this.heap.stats().footprintBytes;
    this.heap[Symbol.dispose]();
    assertEquals(this.memory.mappedBytes, 0, "every mapping was given back");
    assertEquals(heldOnHeap, this.#arena.sbrk(0) - this.#arena.start);
  }

  [Symbol.dispose](): void {
    this.#arena[Symbol.dispose]();
  }

  #make(step: Step): void {
    const [call, name] = step;
    const address = this.#named.get(name) ?? 0;
    switch (call) {
      case "malloc":
        return this.#keep(name, this.heap.malloc(step[2]));
      case "calloc":
        return this.#keepZeros(name, this.heap.calloc(step[2], step[3]));
      case "realloc":
        return this.#resize(name, address, step[2]);
      case "free":
        this.heap.free(address);
        this.#forget(name, address);
    }
  }

  #resize(name: string, address: Address, size: number): void {
    if (address === 0) return this.#keep(name, this.heap.realloc(0, size));
    const moved = this.heap.realloc(address, size);
    if (moved === 0) return this.#forget(name, address);
    this.contents.moved(address, moved, size);
    this.#named.set(name, moved);
  }

  #keep(name: string, address: Address): void {
    if (address === 0) return;
    this.#named.set(name, address);
    this.contents.write(address);
  }

  #keepZeros(name: string, address: Address): void {
    assert(areZeros(this.heap.bytes(address)));
    this.#keep(name, address);
  }

  #forget(name: string, address: Address): void {
    this.#named.delete(name);
    this.contents.forget(address);
  }

  #requireNoneRefused(before: number): void {
    assertEquals(this.memory.refused, before, "a refusal that was not told");
  }

  #snapshot(): Snapshot {
    const { liveBlocks, footprintBytes } = this.heap.stats();
    const blocks = [...this.heap.blocks()];
    return { liveBlocks, footprintBytes, blocks };
  }

  /** Free neighbours may be merged, or absorbed by the block to be resized. */
  #requireUnchanged(
    before: Snapshot,
    [call, name]: Step,
  ): void {
    const after = this.#snapshot();
    const resized = call === "realloc" ? this.#named.get(name) : undefined;
    assertEquals(
      liveBut(after.blocks, resized),
      liveBut(before.blocks, resized),
    );
    assertEquals(after.liveBlocks, before.liveBlocks);
  }

  /** Nothing was obtained, but for a preallocation that goes before. */
  #requireSameExtent(before: Snapshot): void {
    const [start, end] = extent(before.blocks);
    if (start === end) return;
    const after = this.#snapshot();
    assertEquals(after.footprintBytes, before.footprintBytes);
    assertEquals(extent(after.blocks), [start, end]);
  }
}

function requireRefusal(error: unknown): void {
  if (error instanceof OutOfMemoryError) {
    assertInstanceOf(error.cause, SystemCallError);
    assertEquals(error.cause.code, "ENOMEM");
  } else {
    assertInstanceOf(error, SystemCallError);
    assertEquals(error.syscall, "munmap");
  }
}

function liveBut(blocks: Block[], resized: Address | undefined): Block[] {
  return blocks.filter(({ payload, status }) =>
    status !== "free" && payload !== resized
  );
}

/** Where the heap begins and ends. */
function extent(blocks: Block[]): [first: Address, end: Address] {
  const listed = blocks.filter(({ status }) => status !== "mapped");
  const last = listed.at(-1);
  return [listed[0]?.address ?? 0, last ? last.payload + last.size : 0];
}
