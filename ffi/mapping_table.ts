import { ArgumentError } from "../errors/argument_error.ts";
import { formatAddress } from "../errors/messages.ts";
import { type AddressRange, MappingIndex } from "../collections/range_index.ts";
import type { Address } from "./memory.ts";
import { RecyclingMap } from "../collections/recycling_map.ts";
import { closeWindow, mmap, munmap, windowOn } from "./system.ts";

interface Mapping extends AddressRange {
  readonly windows: WindowList;
}

/**
 * The mappings of one {@linkcode Memory} with the windows opened on them, so
 * that no window outlives what it shows.
 */
export class MappingTable {
  readonly #mappings = new RecyclingMap<Mapping>();
  /** The same by all of their addresses. */
  readonly #index = new MappingIndex<Mapping>();

  /** Makes a mapping of `length` bytes. */
  map(length: number, reserve = false): Address {
    const address = mmap(length, reserve);
    const mapping = { address, length, windows: new WindowList() };
    this.#mappings.set(address, mapping);
    this.#index.add(mapping);
    return address;
  }

  /** Gives a whole mapping back and detaches the windows on it. */
  unmap(address: Address, length: number): void {
    const mapping = this.#mappings.get(address);
    if (mapping?.length !== length) {
      throw new ArgumentError(
        `Cannot unmap ${length} bytes at ${formatAddress(address)}: ` +
          (mapping
            ? `the mapping there has ${mapping.length}; give it back whole`
            : "this memory has no mapping there"),
      );
    }
    munmap(address, length);
    this.#mappings.delete(address);
    this.#index.delete(mapping);
    mapping.windows.close();
  }

  /** Opens a window; if it lies in one of the mappings it closes with that. */
  window(address: Address, length: number): ArrayBuffer {
    const window = windowOn(address, length);
    const mapping = this.#mappings.get(address) ?? this.#index.around(address);
    mapping?.windows.add(window);
    return window;
  }

  /** Gives every mapping back. */
  unmapAll(): void {
    for (const [address, { length }] of this.#mappings) {
      this.unmap(address, length);
    }
  }
}

/**
 * The windows that somebody still looks through. They are held weakly: a window
 * without a view on it is of no use to anyone.
 */
export class WindowList {
  #windows: WeakRef<ArrayBuffer>[] = [];
  /** The length from which on it is worth looking for windows that are gone. */
  #crowded = 16;

  /** Adds a window. */
  add(window: ArrayBuffer): void {
    this.#windows.push(new WeakRef(window));
    if (this.#windows.length < this.#crowded) return;
    this.#windows = this.#windows.filter((reference) => reference.deref());
    this.#crowded = 16 + 2 * this.#windows.length;
  }

  /** Detaches every window. */
  close(): void {
    for (const reference of this.#windows) {
      const window = reference.deref();
      if (window) closeWindow(window);
    }
    this.#windows = [];
  }
}
