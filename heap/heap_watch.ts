import type { Address } from "../ffi/memory.ts";
import type { BlockList } from "./block_list.ts";
import { Headers } from "./headers.ts";
import type { Policy } from "./heap_options.ts";
import { CELL_BYTES } from "./layout.ts";
import type { MappedBlocks, MappingWatcher } from "./mapped_blocks.ts";
import type { System, SystemWatcher } from "./system.ts";
import { WatchedHeaders } from "./watched_headers.ts";

/** Told what a heap does, while it does it. */
export interface HeapWatcher extends SystemWatcher, MappingWatcher {}

/** The parts of a heap that are watched. */
export interface WatchedParts {
  /** The heap blocks. */
  readonly list: BlockList;
  /** The mapped blocks. */
  readonly mappings: MappedBlocks;
  /** The system below both. */
  readonly system: System;
  /** The heap's policy. */
  readonly policy: Policy;
}

/**
 * A heap being watched: its system calls and mappings are told to a watcher, and
 * {@linkcode HeapWatch.takeChanges} tells which heap blocks a call changed, at a
 * cost that does not depend on how many blocks there are.
 */
export class HeapWatch implements Disposable {
  readonly #parts: WatchedParts;
  readonly #headers: WatchedHeaders;

  /**
   * @param parts The parts of the heap.
   * @param watcher Whom to tell.
   * @throws {TypeError} If the heap is watched already.
   */
  constructor(parts: WatchedParts, watcher: HeapWatcher) {
    const { list, mappings, system } = parts;
    if (system.watcher) {
      throw new TypeError(
        "Cannot record this heap: it is being recorded already; stop that first",
      );
    }
    this.#parts = parts;
    this.#headers = new WatchedHeaders(list.headers);
    list.headers = this.#headers;
    system.watcher = watcher;
    mappings.watcher = watcher;
  }

  /** The heap's policy. */
  get policy(): Policy {
    return this.#parts.policy;
  }

  /** How many blocks there are, mappings among them. */
  get blockCount(): number {
    return this.#parts.list.blockCount + this.#parts.mappings.count;
  }

  /** Bytes held from the system. */
  get heldBytes(): number {
    return this.#parts.system.heldBytes;
  }

  /** The address of the heap's first header; 0 as long as there is none. */
  get start(): Address {
    return this.#headers.base;
  }

  /**
   * Tells the heap blocks that came to be, or changed their size or status, since
   * this was last asked, as they are now, in address order. A block that was
   * merged into another is not told: it lies inside one that is.
   *
   * @param visit Given a header's address, bytes of payload, and the status that
   * stands in the header.
   */
  takeChanges(
    visit: (address: Address, size: number, status: number) => void,
  ): void {
    const { list } = this.#parts;
    for (const cell of this.#headers.takeWritten()) {
      if (!list.isStart(cell)) continue;
      visit(
        this.#headers.addressOf(cell),
        list.size(cell) * CELL_BYTES,
        this.#headers.statusAt(cell),
      );
    }
  }

  /** Stops watching: the heap costs again what it did before. */
  [Symbol.dispose](): void {
    const { list, mappings, system } = this.#parts;
    if (list.headers !== this.#headers) return;
    list.headers = new Headers(this.#headers);
    system.watcher = undefined;
    mappings.watcher = undefined;
  }
}
