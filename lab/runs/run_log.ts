import { HEADER_BYTES, roundUp, STATUS } from "@osmem/osmem/internal/plain";
import type { Address, Heap, SystemCall } from "@osmem/osmem";
import type { HeapWatch } from "@osmem/osmem/internal";
import { CallKind } from "../traces/trace.ts";
import { ChangeLog } from "./change_log.ts";
import { Column } from "./column.ts";
import { GrowthLog } from "./growth_log.ts";
import { figuresOf } from "./heap_figures.ts";
import { type HeapSnapshot, takeSnapshot } from "./heap_snapshot.ts";
import { LiveBlocks } from "./live_blocks.ts";
import {
  type Mark,
  type RunData,
  type RunSystemCall,
  UNMAPPED,
} from "./run_data.ts";
import { SearchLengths } from "./search_lengths.ts";
import { SampleLog } from "./sample_log.ts";

/** A call as it is made. */
export interface MadeCall {
  /** What it is. */
  readonly kind: CallKind;
  /** The pointer that it is given; 0 for NULL and where it takes none. */
  readonly pointer: Address;
  /** Elements asked for: 1 but for `calloc`, 0 for `free`. */
  readonly count: number;
  /** Bytes asked for, each element. */
  readonly size: number;
  /** What the block is for. */
  readonly label: string | undefined;
}

/** Where a log begins. */
export interface RunLogStart {
  /** What is recorded. */
  readonly title: string;
  /** The blocks that the heap has already. */
  readonly initial: HeapSnapshot;
  /** The heap being watched. */
  readonly watch: HeapWatch;
}

/** A mapped block, as far as a log needs to know it. */
interface Mapped {
  readonly address: Address;
  readonly size: number;
}

/** The {@linkcode RunData} of a run while it is being recorded. */
export class RunLog {
  readonly #heap: Heap;
  readonly #start: RunLogStart;
  readonly #initialFootprintBytes: number;
  readonly #kinds = new Column(Uint8Array);
  readonly #blocks = new Column(Uint32Array);
  readonly #counts = new Column(Float64Array);
  readonly #sizes = new Column(Float64Array);
  readonly #results = new Column(Float64Array);
  readonly #searches = new Column(Uint32Array);
  readonly #labels = new Map<number, string>();
  readonly #refusals = new Map<number, string>();
  readonly #marks: Mark[] = [];
  readonly #systemCalls: RunSystemCall[] = [];
  readonly #changes = new ChangeLog();
  readonly #growths: GrowthLog;
  readonly #samples = new SampleLog();
  readonly #live: LiveBlocks;
  readonly #searchLengths: SearchLengths;
  #current: MadeCall | undefined;
  /** Whether the call under way is a `realloc` of what was the last block. */
  #resizesLast = false;

  /**
   * @param heap The heap.
   * @param start Where the log begins.
   */
  constructor(heap: Heap, start: RunLogStart) {
    this.#heap = heap;
    this.#start = start;
    this.#initialFootprintBytes = start.watch.footprintBytes;
    this.#growths = new GrowthLog(start.watch);
    this.#live = new LiveBlocks(start.initial);
    this.#searchLengths = new SearchLengths(start.watch, start.initial);
    this.#takeSample();
  }

  /** Calls so far. */
  get length(): number {
    return this.#kinds.length;
  }

  /**
   * Makes a call and records it with all that it did.
   *
   * @param call The call.
   * @param make Makes it; returns the payload's address, or 0.
   * @throws Whatever `make` throws, after it was recorded.
   */
  record(call: MadeCall, make: () => Address): Address {
    this.#current = call;
    this.#resizesLast = call.kind === CallKind.realloc &&
      this.#start.watch.isLast(call.pointer);
    this.#searchLengths.begin();
    const result = this.#make(call, make);
    this.#succeed(call, result);
    return result;
  }

  /** Remarks something between two calls. */
  mark(text: string): void {
    this.#marks.push({ after: this.length, text });
  }

  /** The break is about to be raised from here. */
  beforeGrowth(programBreak: Address): void {
    const call = this.#current;
    const reason = this.#growths.before({
      call: this.length,
      request: call ? roundedRequest(call) : 0,
      inPlace: call !== undefined && this.#resizesLast &&
        call.pointer + this.#heap.usableSize(call.pointer) === programBreak,
    });
    if (reason === "grows in place") return;
    const isFirst = reason === "first use";
    this.#searchLengths.beforeGrowth(
      isFirst && this.#start.watch.policy.preallocate > 0,
    );
  }

  /** A search found the block with this header. Those of no recorded call do not count. */
  afterSearch(address: Address): void {
    if (this.#current) this.#searchLengths.afterSearch(address);
  }

  /** A system call succeeded. */
  systemCall(name: SystemCall, address: Address, length: number): void {
    this.#systemCalls.push({ call: this.length, name, address, length });
    if (name === "sbrk") this.#growths.after(length);
  }

  /** A mapped block was made. */
  mapped({ address, size }: Mapped): void {
    this.#changes.add(address, size, STATUS.mapped);
  }

  /** A mapped block was unmapped. */
  unmapped({ address, size }: Mapped): void {
    this.#changes.add(address, size, UNMAPPED);
  }

  /**
   * Everything that was recorded so far. What was done past the recording since the
   * last call belongs to the next one.
   */
  finish(): RunData {
    const { length } = this;
    const isRecorded = ({ call }: { call: number }) => call < length;
    const { title, initial, watch } = this.#start;
    return {
      title,
      policy: watch.policy,
      start: watch.start,
      length,
      kinds: this.#kinds.finish(),
      blocks: this.#blocks.finish(),
      counts: this.#counts.finish(),
      sizes: this.#sizes.finish(),
      results: this.#results.finish(),
      searches: this.#searches.finish(),
      blockCount: this.#live.blockCount,
      labels: new Map(this.#labels),
      refusals: new Map(this.#refusals),
      marks: [...this.#marks],
      initial,
      initialFootprintBytes: this.#initialFootprintBytes,
      changes: this.#changes.finish(),
      systemCalls: this.#systemCalls.filter(isRecorded),
      growths: this.#growths.growths.filter(isRecorded),
      samples: this.#samples.finish(),
    };
  }

  #make(call: MadeCall, make: () => Address): Address {
    try {
      return make();
    } catch (error) {
      this.#refuse(call, error);
      throw error;
    } finally {
      this.#current = undefined;
    }
  }

  #succeed(call: MadeCall, result: Address): void {
    const bytes = call.count * call.size;
    const block = call.kind === CallKind.free
      ? this.#live.free(call.pointer)
      : this.#live.allocate(call.pointer, result, bytes);
    this.#noteChanges(result);
    this.#push(call, block, result);
    const { heapBlocks, mappedBlocks } = this.#start.watch;
    if (this.#samples.isDue(heapBlocks + mappedBlocks)) this.#takeSample();
  }

  #refuse(call: MadeCall, error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    this.#refusals.set(this.length, problem);
    this.#noteChanges(0);
    this.#push(call, this.#live.at(call.pointer), 0);
  }

  /** Records what the call changed, and always the block that it returned. */
  #noteChanges(result: Address): void {
    const header = result - HEADER_BYTES;
    this.#start.watch.afterCall();
    this.#searchLengths.end();
    let isNoted = result === 0;
    this.#start.watch.takeChanges((address, size, status) => {
      if (address === header) isNoted = true;
      this.#changes.add(address, size, status);
    });
    if (isNoted || this.#changes.hasMapped(header)) return;
    this.#changes.add(header, this.#heap.usableSize(result), STATUS.allocated);
  }

  #push(call: MadeCall, block: number, result: Address): void {
    if (call.label !== undefined) this.#labels.set(this.length, call.label);
    this.#kinds.push(call.kind);
    this.#blocks.push(block);
    this.#counts.push(wholeOrNone(call.count));
    this.#sizes.push(wholeOrNone(call.size));
    this.#results.push(result);
    this.#searches.push(this.#searchLengths.length);
    this.#changes.endCall();
  }

  #takeSample(): void {
    this.#samples.add(figuresOf(takeSnapshot(this.#heap), {
      calls: this.length,
      requestedBytes: this.#live.requestedBytes,
      footprintBytes: this.#start.watch.footprintBytes,
      mergesNeighbours: this.#start.watch.policy.coalesce !== "never",
    }));
  }
}

/** A number of bytes, or 0 for one that no heap takes: then the call is refused. */
function wholeOrNone(value: number): number {
  return Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

/** The payload that a call needs, in bytes rounded as the heap rounds them. */
function roundedRequest({ count, size }: MadeCall): number {
  return roundUp(count * size);
}
