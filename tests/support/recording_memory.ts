import type { Address, Memory } from "../../mod.ts";
import type { SystemCallMade } from "../../model/model.ts";
import { HEAP_START, mappingNumber, mappingPlace, offsetIn } from "./places.ts";

/** Passes everything on, and keeps the system calls that succeeded, as places. */
export class RecordingMemory implements Memory {
  readonly pageSize: number;
  /** The calls since this was last emptied, in order. */
  systemCalls: SystemCallMade[] = [];
  readonly #inner: Memory;
  readonly #start: Address;
  readonly #mappings: Address[] = [];
  readonly #numbers = new Map<Address, number>();

  constructor(inner: Memory) {
    this.#inner = inner;
    this.pageSize = inner.pageSize;
    this.#start = inner.sbrk(0);
  }

  sbrk(increment: number): Address {
    const previous = this.#inner.sbrk(increment);
    if (increment !== 0) {
      const address = this.#heapPlace(previous + increment);
      this.systemCalls.push({ name: "brk", address, length: increment });
    }
    return previous;
  }

  mmap(length: number): Address {
    const mapping = this.#inner.mmap(length);
    const number = this.#mappings.push(mapping);
    this.#numbers.set(mapping, number);
    const address = mappingPlace(number);
    this.systemCalls.push({ name: "mmap", address, length });
    return mapping;
  }

  munmap(mapping: Address, length: number): void {
    const address = this.placeOf(mapping);
    this.#inner.munmap(mapping, length);
    this.#numbers.delete(mapping);
    this.systemCalls.push({ name: "munmap", address, length });
  }

  buffer(address: Address, length: number): ArrayBuffer {
    return this.#inner.buffer(address, length);
  }

  /** The place of the start of a mapping, of a payload in one, or of heap memory. */
  placeOf(address: Address): number {
    if (address === 0) return 0;
    const number = this.#numbers.get(address);
    if (number !== undefined) return mappingPlace(number);
    const payload = this.#numbers.get(address - 32);
    if (payload !== undefined) return mappingPlace(payload) + 32;
    return this.#heapPlace(address);
  }

  /** The address of a place, also in a mapping that is gone. */
  addressOf(place: number): Address {
    if (place === 0) return 0;
    const number = mappingNumber(place);
    const base = number === 0 ? this.#start : this.#mappings[number - 1];
    if (base === undefined) throw new RangeError(`No mapping ${number} yet`);
    return base + offsetIn(place);
  }

  #heapPlace(address: Address): number {
    return address - this.#start + HEAP_START;
  }
}
