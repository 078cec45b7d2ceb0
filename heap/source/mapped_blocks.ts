import type { Address } from "../../ffi/memory.ts";
import {
  type IndexedRange,
  RangeIndex,
} from "../../collections/range_index.ts";
import { UsageError } from "../../errors/usage_error.ts";
import {
  type Block,
  CELL_BYTES,
  FIELD,
  HEADER_BYTES,
  STATUS,
} from "../layout.ts";
import type { LiveCells, SystemCalls } from "./system_calls.ts";

/** A block that is a mapping of its own. */
export class MappedBlock implements IndexedRange {
  /** Address of the mapping, and so of the header. */
  readonly address: Address;
  /** Address of the payload. */
  readonly payload: Address;
  /** Bytes of payload. */
  readonly size: number;
  /** A window on the header alone. */
  readonly header: ArrayBuffer;
  readonly #calls: SystemCalls;
  #window: ArrayBuffer | undefined;

  /**
   * @param calls Where the mapping comes from.
   * @param address Address of the mapping.
   * @param size Bytes of payload.
   */
  constructor(calls: SystemCalls, address: Address, size: number) {
    this.#calls = calls;
    this.address = address;
    this.payload = address + HEADER_BYTES;
    this.size = size;
    this.header = calls.window(address, HEADER_BYTES);
  }

  /** Bytes of the mapping that are used: the header and the payload. */
  get length(): number {
    return HEADER_BYTES + this.size;
  }

  /**
   * A window on the whole mapping. It is opened when it is first asked for: the engine
   * counts its length as memory in use, and collects garbage the more often.
   */
  get window(): ArrayBuffer {
    return this.#window ??= this.#calls.window(this.address, this.length);
  }

  /** Whether its memory was given back, or is read by others who were given a window. */
  get isGone(): boolean {
    return this.header.detached || (this.#window?.detached ?? false);
  }
}

/** Told of mapped blocks that come and go. */
export interface MappingWatcher {
  /** A block was made. */
  afterMapping(block: MappedBlock): void;
  /** A block is no more. */
  afterUnmapping(block: MappedBlock): void;
}

/**
 * From so many mappings on it is likely that a refusal is due to their number: a quarter
 * of those that Linux allows a process, unless it is told otherwise.
 */
const MANY = 16_384;

/** How many mappings given back are remembered before the older half is dropped. */
const MOST_REMEMBERED = 65_536;

/**
 * The blocks that are mappings of their own, by the address of their payload.
 *
 * ```text
 *   mapping
 *  │ header │ payload …                       │ rest of the last page │
 * ```
 */
export class MappedBlocks {
  readonly #calls: SystemCalls;
  readonly #live: LiveCells;
  readonly #blocks = new Map<Address, MappedBlock>();
  /** The same by all of their addresses. */
  readonly #index = new RangeIndex<MappedBlock>();
  /** Sizes of mappings given back, by payload address, oldest first. */
  #gone = new Map<Address, number>();
  /** Mappings that nobody holds but the system would not take back. */
  readonly #stranded = new Map<Address, number>();
  /** Told of every block. */
  watcher: MappingWatcher | undefined;
  #bytes = 0;

  /**
   * @param calls Where mappings come from.
   * @param live Counts live cells.
   */
  constructor(calls: SystemCalls, live: LiveCells) {
    this.#calls = calls;
    this.#live = live;
  }

  /** How many there are. */
  get count(): number {
    return this.#blocks.size;
  }

  /** Bytes of their payloads. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Why another one was refused, if it is likely that there are too many. */
  get likelyRefusal(): string {
    if (this.count < MANY) return "";
    return `; this heap has ${this.count} mappings, and vm.max_map_count limits those ` +
      "of a process (65530 unless it was changed): raise that with sysctl, or the " +
      "heap's mmapThreshold and callocThreshold, to have heap blocks instead";
  }

  /** Every mapped block, oldest first. */
  [Symbol.iterator](): Iterator<MappedBlock> {
    return this.#blocks.values();
  }

  /** The live block with this payload address. */
  find(payload: Address): MappedBlock | undefined {
    return this.#blocks.get(payload);
  }

  /** The live block that `address` lies in, header or payload. */
  around(address: Address): MappedBlock | undefined {
    return this.#index.around(address);
  }

  /** The mapping with this payload address that was given back. */
  gone(payload: Address): Block | undefined {
    const size = this.#gone.get(payload);
    if (size === undefined) return undefined;
    return { address: payload - HEADER_BYTES, payload, size, status: "mapped" };
  }

  /**
   * Makes a block of `size` bytes of payload.
   *
   * @returns Its payload's address.
   */
  map(size: number): Address {
    const length = HEADER_BYTES + size;
    const address = this.#calls.map(length);
    const block = this.#open(address, size);
    const { payload } = block;
    this.#blocks.set(payload, block);
    this.#index.add(block);
    this.#gone.delete(payload);
    this.#bytes += size;
    this.#live.add(size / CELL_BYTES);
    this.watcher?.afterMapping(block);
    return payload;
  }

  /** Gives a block back; if the system refuses it is live as before. */
  unmap(block: MappedBlock): void {
    // Given back already, or its buffer transferred: then others still read it.
    if (block.isGone) return this.#forget(block);
    this.#calls.unmap(block.address, block.length);
    this.#forget(block);
    this.#retryStranded();
  }

  /** Gives back a block that nobody holds, later if the system refuses now. */
  discard(block: MappedBlock): void {
    this.#forget(block);
    this.#strand(block.address, block.length);
  }

  /** Gives every mapping back that its memory did not give back already. */
  unmapAll(): void {
    for (const block of this.#blocks.values()) this.unmap(block);
    this.#unmapStranded();
  }

  /**
   * Gives back every block, whoever has it.
   *
   * @throws {SystemCallError} The first refusal. What is refused is no block any more
   * all the same; call again.
   */
  clear(): void {
    for (const block of this.#blocks.values()) {
      if (!block.isGone) this.#stranded.set(block.address, block.length);
      this.#forget(block);
    }
    this.#unmapStranded();
  }

  /** Opens the window on the header, and writes that. */
  #open(address: Address, size: number): MappedBlock {
    try {
      const block = new MappedBlock(this.#calls, address, size);
      const header = new DataView(block.header);
      header.setBigUint64(FIELD.size, BigInt(size), true);
      header.setInt32(FIELD.status, STATUS.mapped, true);
      return block;
    } catch (error) {
      this.#strand(address, HEADER_BYTES + size);
      throw error;
    }
  }

  #forget(block: MappedBlock): void {
    this.#blocks.delete(block.payload);
    this.#index.delete(block);
    this.#remember(block);
    this.#bytes -= block.size;
    this.#live.add(-block.size / CELL_BYTES);
    this.watcher?.afterUnmapping(block);
  }

  /**
   * Remembers a mapping given back. When full it forgets the older half at once: a
   * map that loses its first entry again and again searches ever longer.
   */
  #remember({ payload, size }: MappedBlock): void {
    this.#gone.set(payload, size);
    if (this.#gone.size <= MOST_REMEMBERED) return;
    this.#gone = new Map([...this.#gone].slice(MOST_REMEMBERED / 2));
  }

  #strand(address: Address, length: number): void {
    this.#stranded.set(address, length);
    this.#retryStranded();
  }

  #retryStranded(): void {
    try {
      this.#unmapStranded();
    } catch {
      // Refused again: it stays on the list for the next time.
    }
  }

  /** Asks for each that it be taken back, and throws the first refusal. */
  #unmapStranded(): void {
    const refusals: unknown[] = [];
    for (const [address, length] of this.#stranded) {
      try {
        this.#calls.unmap(address, length);
        this.#stranded.delete(address);
      } catch (error) {
        if (isOfGoneMemory(error)) this.#stranded.delete(address);
        else refusals.push(error);
      }
    }
    if (refusals.length > 0) throw refusals[0];
  }
}

/** Whether the memory itself was disposed of, and gave everything back. */
function isOfGoneMemory(error: unknown): boolean {
  return error instanceof UsageError && error.code === "disposed";
}
