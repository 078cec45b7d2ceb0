// Random calls on one heap by a program that makes every mistake that must cost nothing:
// it frees memory that an operation still uses, takes and disguises buffers, runs out of
// stack, is refused windows, and gives options that change. What each block holds is known
// at every moment, and compared.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { markAsUntransferable } from "node:worker_threads";
import {
  type Allocation,
  arenaMemory,
  Heap,
  type Memory,
  UsageError,
} from "../../mod.ts";
import {
  callDeep,
  freeAgain,
  isInterruption,
  roomOnStack,
} from "./overflow.ts";
import { areZeros, requirePattern, writePattern } from "./patterns.ts";
import { readOnce } from "./read_once.ts";
import type { Random } from "./seed.ts";
import { wrapMemory } from "./wrap_memory.ts";

/** How many calls are made in all, and how often the whole heap is checked. */
export interface AllocationRun {
  readonly calls: number;
  readonly checkEvery: number;
  readonly debug: boolean;
}

/** Calls on each heap, unless it is interrupted before. */
const CALLS_OF_A_HEAP = 2000;

/** Of so many blocks of each kind, one is freed before another is allocated. */
const MOST_LIVE = 60;

/** A block of malloc(), calloc() or realloc(). */
interface Plain {
  address: number;
  size: number;
  pattern: number;
}

/** An allocation, with the operations on it that have not settled. */
interface Owned {
  readonly allocation: Allocation;
  readonly operations: Operation[];
  /** Where the allocation is, or was before it was disposed of. */
  pointer: Deno.PointerObject;
  size: number;
  pattern: number;
}

/** An operation that keeps the address of an allocation. */
interface Operation {
  readonly outcome: Promise<void>;
  settle(): void;
}

/**
 * Makes random calls on new heaps, one after the other, and compares each heap with what
 * it must hold.
 *
 * @returns How often each kind of call was made.
 * @throws {AssertionError} If the heap differs from what it must hold.
 */
export async function runAllocations(
  random: Random,
  run: AllocationRun,
): Promise<ReadonlyMap<string, number>> {
  const made = new Map<string, number>();
  for (let left = run.calls; left > 0;) {
    const program = new Program(random, run.debug, made);
    const last = Math.max(left - CALLS_OF_A_HEAP, 0);
    while (left > last && !program.isInterrupted) {
      await program.call();
      if (--left % run.checkEvery === 0) program.verify();
    }
    await program.end();
  }
  return made;
}

class Program {
  isInterrupted = false;
  readonly #made: Map<string, number>;
  readonly #random: Random;
  readonly #arena = arenaMemory();
  readonly #heap: Heap;
  readonly #plain: Plain[] = [];
  readonly #owned: Owned[] = [];
  /** Allocations that were disposed of while operations ran. */
  readonly #waiting: Owned[] = [];
  /** Allocations that can never be freed. */
  readonly #undetachable: Owned[] = [];
  #refusesWindows = false;
  #patterns = 0;

  constructor(random: Random, debug: boolean, made: Map<string, number>) {
    this.#random = random;
    this.#made = made;
    const memory: Memory = wrapMemory(this.#arena, {
      buffer: (address, length) => {
        if (this.#refusesWindows) throw new Error("no window");
        return this.#arena.buffer(address, length);
      },
    });
    this.#heap = new Heap(
      readOnce({
        memory,
        debug,
        recordStacks: random.oneOf(["all", "sampled", "none"] as const),
        onLeak: () => {},
      }),
    );
  }

  /** Makes one call, or a few that belong together. */
  async call(): Promise<void> {
    const random = this.#random;
    if (random.oneIn(150)) this.#overflow();
    else if (random.oneIn(2000)) this.#fix();
    else if (random.oneIn(40)) this.#refuse();
    else if (random.oneIn(12)) await this.#settle();
    else if (random.oneIn(2)) this.#callPlain();
    else this.#callOwned();
  }

  /** Compares the whole heap with what it must hold. */
  verify(): void {
    if (this.isInterrupted) return;
    const heap = this.#heap;
    heap.check();
    assertEquals(heap.stats().liveBlocks, this.#live());
    for (const block of this.#plain) this.#verifyPlain(block);
    for (const owned of [...this.#owned, ...this.#undetachable]) {
      this.#verifyOwned(owned);
    }
    for (const owned of this.#waiting) this.#verifyRaw(owned);
  }

  /** Lets every operation settle, frees everything that can be freed, and ends the memory. */
  async end(): Promise<void> {
    this.verify();
    const all = [...this.#owned, ...this.#waiting, ...this.#undetachable]
      .flatMap(({ operations }) => operations);
    if (!this.isInterrupted) {
      for (const { allocation } of this.#owned) allocation[Symbol.dispose]();
    }
    for (const { settle } of all) settle();
    await Promise.all(all.map(({ outcome }) => outcome));
    if (!this.isInterrupted) this.#freePlain();
    this.#endHeap();
    if (this.#undetachable.length > 0) return; // the arena can never end either
    this.#arena[Symbol.dispose]();
  }

  #freePlain(): void {
    for (const { address } of this.#plain) this.#heap.free(address);
    this.#heap.check();
    assertEquals(this.#heap.stats().liveBlocks, this.#undetachable.length);
  }

  #endHeap(): void {
    const end = () => this.#heap[Symbol.dispose]();
    if (this.#undetachable.length === 0) return end();
    assertEquals(assertThrows(end, UsageError).code, "buffer-taken");
  }

  #count(kind: string): void {
    this.#made.set(kind, (this.#made.get(kind) ?? 0) + 1);
  }

  #live(): number {
    return this.#plain.length + this.#owned.length + this.#waiting.length +
      this.#undetachable.length;
  }

  #size(): number {
    const random = this.#random;
    return random.oneIn(12)
      ? random.between(120_000, 200_000)
      : random.between(1, 2 ** random.between(3, 12));
  }

  /** malloc(), calloc(), realloc() or free(). */
  #callPlain(): void {
    const random = this.#random;
    const at = random.between(0, this.#plain.length);
    const block = this.#plain[at];
    const isFull = this.#plain.length > MOST_LIVE;
    if (!block || !isFull && random.oneIn(3)) return this.#addPlain();
    this.#verifyPlain(block);
    if (random.oneIn(3)) this.#plain[at] = this.#realloc(block);
    else {
      this.#count("free");
      this.#heap.free(block.address);
      this.#plain.splice(at, 1);
    }
  }

  #addPlain(): void {
    const heap = this.#heap;
    const size = this.#size();
    if (this.#random.oneIn(3)) {
      this.#count("calloc");
      const address = heap.calloc(1, size);
      assert(areZeros(heap.bytes(address, size)));
      this.#plain.push(this.#written(address, size));
    } else {
      this.#count("malloc");
      this.#plain.push(this.#written(heap.malloc(size), size));
    }
  }

  #realloc({ address, size, pattern }: Plain): Plain {
    this.#count("realloc");
    const newSize = this.#size();
    const moved = this.#heap.realloc(address, newSize);
    const kept = this.#heap.bytes(moved, Math.min(size, newSize));
    requirePattern(kept, pattern, () => `block ${moved} after realloc()`);
    return this.#written(moved, newSize);
  }

  /** A call of an allocation, or a new one. */
  #callOwned(): void {
    const random = this.#random;
    const at = random.between(0, this.#owned.length);
    const owned = this.#owned[at];
    const isFull = this.#owned.length > MOST_LIVE;
    if (!owned || !isFull && random.oneIn(3)) this.#addOwned();
    else if (random.oneIn(4)) this.#resize(owned);
    else if (random.oneIn(3)) this.#announce(owned);
    else if (random.oneIn(6)) this.#disguise(owned);
    else this.#dispose(owned);
  }

  #dispose(owned: Owned): void {
    this.#count("dispose");
    this.#verifyOwned(owned);
    const { allocation } = owned;
    const { bytes } = allocation;
    allocation[Symbol.dispose]();
    assertEquals(bytes.length, 0);
    this.#owned.splice(this.#owned.indexOf(owned), 1);
    if (owned.operations.length > 0) this.#waiting.push(owned);
  }

  #written(address: number, size: number): Plain {
    const pattern = ++this.#patterns;
    writePattern(this.#heap.bytes(address, size), pattern);
    return { address, size, pattern };
  }

  #addOwned(): void {
    this.#count("allocate");
    const random = this.#random;
    const allocation = this.#heap.allocate(
      this.#size(),
      readOnce({
        align: 2 ** random.between(3, 9),
        label: random.oneOf([undefined, "frame"]),
        zero: random.oneIn(2),
      }) as Parameters<Heap["allocate"]>[1],
    );
    this.#own(allocation);
  }

  #own(allocation: Allocation): void {
    const { pointer, size } = allocation;
    const pattern = ++this.#patterns;
    writePattern(allocation.bytes, pattern);
    this.#owned.push({ allocation, operations: [], pointer, size, pattern });
  }

  #resize(owned: Owned): void {
    this.#count("resize");
    const { allocation } = owned;
    const size = this.#size();
    if (owned.operations.length > 0) {
      const error = assertThrows(() => allocation.resize(size), UsageError);
      assertEquals(error.code, "in-use");
      return this.#verifyOwned(owned);
    }
    const kept = Math.min(size, allocation.size);
    allocation.resize(size);
    requirePattern(
      allocation.bytes.subarray(0, kept),
      owned.pattern,
      () => "resize",
    );
    owned.pointer = allocation.pointer;
    owned.size = size;
    this.#rewrite(owned);
  }

  /** Writes a new pattern over a whole allocation. */
  #rewrite(owned: Owned): void {
    owned.pattern = ++this.#patterns;
    writePattern(owned.allocation.bytes, owned.pattern);
  }

  /** Announces an operation, which writes where the allocation is when it settles. */
  #announce(owned: Owned): void {
    this.#count("during");
    const { promise, resolve } = Promise.withResolvers<void>();
    owned.operations.push({
      outcome: owned.allocation.during(promise),
      settle: () => {
        owned.pattern = ++this.#patterns;
        writePattern(memoryOf(owned), owned.pattern);
        resolve();
      },
    });
  }

  /** Gives the buffer of an allocation properties that pretend that it was detached. */
  #disguise({ allocation }: Owned): void {
    this.#count("disguise");
    Object.defineProperties(allocation.bytes.buffer, {
      transfer: { value: () => undefined, configurable: true },
      detached: { value: true, configurable: true },
    });
  }

  /** Lets an operation settle whose allocation may have ended long ago. */
  async #settle(): Promise<void> {
    const running = [...this.#waiting, ...this.#owned, ...this.#undetachable]
      .filter(({ operations }) => operations.length > 0);
    const owned = running[this.#random.between(0, running.length - 1)];
    if (!owned) return;
    this.#count("settle");
    if (this.#waiting.includes(owned)) this.#verifyRaw(owned);
    else this.#verifyOwned(owned);
    const { operations } = owned;
    const at = this.#random.between(0, operations.length - 1);
    const [operation] = operations.splice(at, 1);
    operation!.settle();
    await operation!.outcome;
    if (operations.length > 0 || !owned.allocation.isDisposed) return;
    this.#waiting.splice(this.#waiting.indexOf(owned), 1);
  }

  /** Marks a buffer so that no view of it can ever be detached. */
  #fix(): void {
    const owned = this.#owned.pop();
    if (!owned) return;
    this.#count("untransferable");
    const { allocation } = owned;
    markAsUntransferable(allocation.bytes.buffer);
    this.#undetachable.push(owned);
    const error = assertThrows(() => allocation[Symbol.dispose](), UsageError);
    assertEquals(error.code, "buffer-taken");
    this.#verifyOwned(owned);
  }

  /** Allocates and grows while every window is refused: nothing is lost. */
  #refuse(): void {
    this.#count("refused");
    const before = this.#live();
    const size = 400_000 + this.#size(); // more than any block has, and so a new mapping
    const block = this.#plain[0];
    const owned = this.#owned.find(({ operations }) => operations.length === 0);
    const calls: (() => unknown)[] = [
      () => this.#heap.malloc(size),
      () => this.#heap.calloc(1, size),
      () => this.#heap.allocate(size, { zero: true }),
    ];
    if (block) calls.push(() => this.#heap.realloc(block.address, size));
    if (owned) calls.push(() => owned.allocation.resize(size));
    const at = this.#random.between(0, calls.length - 1);
    this.#refusesWindows = true;
    try {
      calls[at]!();
      // Aligned by more than 32 bytes it became a heap block, which needs no window.
      assert(owned && at === calls.length - 1, "a window was not refused");
      owned.pointer = owned.allocation.pointer;
      owned.size = size;
    } catch (error) {
      assertEquals((error as Error).message, "no window");
    } finally {
      this.#refusesWindows = false;
    }
    assertEquals(this.#heap.stats().liveBlocks, before);
    if (block) this.#verifyPlain(block);
    if (owned?.size === size) this.#rewrite(owned);
    else if (owned) this.#verifyOwned(owned);
  }

  /** Makes a call near the end of the stack, and again with more of it until it is made. */
  #overflow(): void {
    this.#count("overflow");
    const random = this.#random;
    const heap = this.#heap;
    const kind = random.between(0, 3);
    const size = this.#size();
    const block = kind === 2 ? this.#plain.pop() : undefined;
    let made: number | Allocation | undefined;
    let tries = 0;
    try {
      callDeep(roomOnStack() - random.between(0, 250), () => {
        if (kind === 0) made = heap.malloc(size);
        else if (kind === 1) made = heap.calloc(1, size);
        else if (kind === 3) made = heap.allocate(size);
        else if (block) freeAgain(heap, block.address, tries++);
      });
    } catch (error) {
      if (!isInterruption(error)) throw error;
      this.isInterrupted = true;
    }
    if (this.isInterrupted) this.#requireRefusal();
    else if (typeof made === "number") {
      this.#plain.push(this.#written(made, size));
    } else if (made) this.#own(made);
  }

  /** An interrupted heap refuses, and nothing that is live was overwritten. */
  #requireRefusal(): void {
    const calls = [
      () => this.#heap.malloc(8),
      () => this.#heap.allocate(8),
      () => this.#heap.check(),
      ...this.#plain.map(({ address }) => () => this.#heap.free(address)),
    ];
    for (const call of calls) {
      let thrown: unknown;
      try {
        call();
      } catch (error) {
        thrown = error;
      }
      assert(isInterruption(thrown), Deno.inspect(thrown));
    }
    for (const { address, size, pattern } of this.#plain) {
      const pointer = Deno.UnsafePointer.create(BigInt(address))!;
      const memory = memoryOf({ pointer, size });
      requirePattern(memory, pattern, () => `block ${address}`);
    }
    for (const owned of this.#waiting) this.#verifyRaw(owned);
  }

  #verifyPlain({ address, size, pattern }: Plain): void {
    const bytes = this.#heap.bytes(address, size);
    requirePattern(bytes, pattern, () => `block ${address}`);
  }

  #verifyOwned({ allocation, pattern }: Owned): void {
    const { bytes } = allocation;
    assertEquals(bytes.length, allocation.size);
    requirePattern(bytes, pattern, () => Deno.inspect(allocation));
  }

  /** Compares memory of an allocation that has ended, which no view shows. */
  #verifyRaw(owned: Owned): void {
    const { allocation, pattern } = owned;
    requirePattern(memoryOf(owned), pattern, () => Deno.inspect(allocation));
  }
}

/** The memory itself, as whoever kept the pointer sees it. */
function memoryOf(
  { pointer, size }: Pick<Owned, "pointer" | "size">,
): Uint8Array {
  return new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, size));
}
