import type {
  Address,
  Block,
  CBindings,
  CBindingsOptions,
  Heap,
  HeapStats,
  Pointer,
} from "@osmem/osmem";
import { bindCalls, type HeapWatch, watchHeap } from "@osmem/osmem/internal";
import { CallKind } from "../traces/trace.ts";
import { takeSnapshot } from "./heap_snapshot.ts";
import { Run } from "./run.ts";
import { type MadeCall, RunLog } from "./run_log.ts";

/** How a recording is made. */
export interface RecordingOptions {
  /** The name of the recording, for headings and messages; `"recording"` by default. */
  readonly title?: string;
}

/**
 * A heap whose calls are recorded. It has the methods of a {@linkcode Heap}, and
 * every allocating one takes a label besides; what is done through it can be
 * looked at afterwards, moment by moment.
 *
 * What is done to the heap itself, past the recording, is not seen as a call: the
 * blocks that it changed show with the next call, but bytes asked for are counted
 * by recorded calls only.
 *
 * @example Record a heap that a program already uses
 * ```ts
 * import { Heap } from "@osmem/osmem";
 * import { record } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * using heap = new Heap();
 * const before = heap.malloc(1000);
 * using recording = record(heap);
 * const name = recording.malloc(40, "name");
 * recording.free(before);
 * recording.free(name);
 * assertEquals(recording.run().length, 3);
 * ```
 */
export class Recording implements Disposable {
  readonly #heap: Heap;
  readonly #watch: HeapWatch;
  readonly #log: RunLog;
  #isOver = false;

  /**
   * Begins to record; {@linkcode record} does the same.
   *
   * @param heap The heap. It stays the caller's, to use and to dispose of.
   * @param options What the recording is called.
   * @throws {TypeError} If the heap is being recorded already, or was disposed.
   */
  constructor(heap: Heap, options: RecordingOptions = {}) {
    const { title = "recording" } = options; // a getter may throw, or change the heap
    this.#heap = heap;
    this.#watch = watchHeap(heap, {
      beforeGrowth: (programBreak) => this.#log.beforeGrowth(programBreak),
      afterSystemCall: (name, address, length) =>
        this.#log.systemCall(name, address, length),
      afterSearch: (address) => this.#log.afterSearch(address),
      afterMapping: (block) => this.#log.mapped(block),
      afterUnmapping: (block) => this.#log.unmapped(block),
    });
    this.#log = new RunLog(heap, {
      title,
      initial: takeSnapshot(heap),
      watch: this.#watch,
    });
  }

  /** Calls recorded so far. */
  get length(): number {
    return this.#log.length;
  }

  /**
   * {@linkcode Heap.malloc}, recorded.
   *
   * @param size Bytes.
   * @param label What the block is for.
   * @returns The payload's address, or 0 if `size` is 0.
   * @throws Whatever the heap throws. The call is recorded as refused.
   */
  malloc(size: number, label?: string): Address {
    const call = { kind: CallKind.malloc, pointer: 0, count: 1, size, label };
    return this.#record(call, () => this.#heap.malloc(size));
  }

  /**
   * {@linkcode Heap.calloc}, recorded.
   *
   * @param nmemb How many members.
   * @param size Bytes of each.
   * @param label What the block is for.
   * @returns The payload's address, or 0 if either factor is 0.
   * @throws Whatever the heap throws. The call is recorded as refused.
   */
  calloc(nmemb: number, size: number, label?: string): Address {
    const call = {
      kind: CallKind.calloc,
      pointer: 0,
      count: nmemb,
      size,
      label,
    };
    return this.#record(call, () => this.#heap.calloc(nmemb, size));
  }

  /**
   * {@linkcode Heap.realloc}, recorded.
   *
   * @param address What an allocating method returned, or 0 to allocate.
   * @param size Bytes; 0 frees the block.
   * @param label What the block is for; by default it keeps the one it has.
   * @returns The payload's address, which may be a new one.
   * @throws Whatever the heap throws. The call is recorded as refused.
   */
  realloc(address: Address, size: number, label?: string): Address {
    const kind = CallKind.realloc;
    const call = { kind, pointer: address, count: 1, size, label };
    return this.#record(call, () => this.#heap.realloc(address, size));
  }

  /**
   * {@linkcode Heap.free}, recorded.
   *
   * @param address What an allocating method returned; 0 does nothing.
   * @throws Whatever the heap throws. The call is recorded as refused.
   */
  free(address: Address): void {
    const kind = CallKind.free;
    const call = {
      kind,
      pointer: address,
      count: 0,
      size: 0,
      label: undefined,
    };
    this.#record(call, () => (this.#heap.free(address), 0));
  }

  /**
   * Remarks something between two calls; pictures show it.
   *
   * @param text The remark.
   */
  mark(text: string): void {
    this.#log.mark(text);
  }

  /** {@linkcode Heap.usableSize} of the heap. */
  usableSize(address: Address): number {
    return this.#heap.usableSize(address);
  }

  /** {@linkcode Heap.bytes} of the heap. */
  bytes(address: Address, length?: number): Uint8Array<ArrayBuffer> {
    return this.#heap.bytes(address, length);
  }

  /** {@linkcode Heap.pointer} of the heap. */
  pointer(address: Address): Pointer {
    return this.#heap.pointer(address);
  }

  /** {@linkcode Heap.address} of the heap. */
  address(pointer: Pointer): Address {
    return this.#heap.address(pointer);
  }

  /**
   * {@linkcode Heap.bindToC} of the heap; what C calls is recorded.
   *
   * @param options Whether the `os_*` functions of C go to this heap.
   * @returns The functions, until they are disposed of.
   * @throws {TypeError} If the recording has ended.
   * @throws {RangeError} If 16 heaps of this process are bound already.
   *
   * @example Record what C calls
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { record } from "@osmem/lab";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * using recording = record(heap);
   * using bindings = recording.bindToC();
   * new Deno.UnsafeFnPointer(bindings.malloc, {
   *   parameters: ["usize"],
   *   result: "pointer",
   * }).call(100n);
   * assertEquals(recording.run().call(0).name, "malloc");
   * ```
   */
  bindToC(options: CBindingsOptions = {}): CBindings {
    const { os = false } = options; // a getter may end the recording
    this.#requireOpen("bind a recording");
    return bindCalls(this, { os, everyCall: true });
  }

  /** {@linkcode Heap.blocks} of the heap. */
  blocks(): Generator<Block> {
    return this.#heap.blocks();
  }

  /** {@linkcode Heap.stats} of the heap. */
  stats(): HeapStats {
    return this.#heap.stats();
  }

  /** {@linkcode Heap.check} of the heap. */
  check(): void {
    this.#heap.check();
  }

  /**
   * What was recorded so far. Recording goes on; a run does not change any more.
   */
  run(): Run {
    return new Run(this.#log.finish());
  }

  /** Ends the recording. The heap stays in use; what was recorded stays. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#watch[Symbol.dispose]();
  }

  #record(call: MadeCall, make: () => Address): Address {
    this.#requireOpen("record a call");
    return this.#log.record(call, make);
  }

  #requireOpen(action: string): void {
    if (!this.#isOver) return;
    throw new TypeError(
      `Cannot ${action}: the recording has ended; use the heap itself`,
    );
  }
}

/**
 * Records a heap from now on: go on with what this returns in its place.
 *
 * @param heap The heap. It stays the caller's, to use and to dispose of.
 * @param options What the recording is called.
 * @throws {TypeError} If the heap is being recorded already, or was disposed.
 *
 * @example Record what a function does to a heap
 * ```ts
 * import { Heap } from "@osmem/osmem";
 * import { record } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * using heap = new Heap();
 * using recording = record(heap);
 * recording.free(recording.malloc(100, "buffer"));
 * const run = recording.run();
 * assertEquals(run.stats().peakRequestedBytes, 100);
 * ```
 */
export function record(heap: Heap, options: RecordingOptions = {}): Recording {
  return new Recording(heap, options);
}
