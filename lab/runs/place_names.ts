import { HEADER_BYTES } from "../../heap/layout.ts";
import type { Address } from "../../mod.ts";
import type { RunData } from "./run_data.ts";

/**
 * Names addresses by where they lie, as the course's checker does, so that they
 * are the same in every run: `HeapStart + 0x20`, and `<mapped-addr2> + 0x20` in
 * the second mapping that was made.
 */
export class PlaceNames {
  readonly #start: Address;
  /** For each address of a mapping, the number of the last one made there. */
  readonly #mappings = new Map<Address, number>();

  /**
   * @param data The run.
   * @param calls The moment: an address may be that of several mappings, one after
   * the other.
   */
  constructor(data: RunData, calls: number) {
    this.#start = data.start;
    let number = 0;
    for (const { name, call, address } of data.systemCalls) {
      if (call >= calls) break;
      if (name === "mmap") this.#mappings.set(address, ++number);
    }
  }

  /** The name of a payload's address; `NULL` for 0. */
  ofPayload(payload: Address): string {
    return payload === 0
      ? "NULL"
      : this.#nameOf(payload - HEADER_BYTES, HEADER_BYTES);
  }

  /** The name of a header's address; `NULL` for 0. */
  ofHeader(header: Address): string {
    return header === 0 ? "NULL" : this.#nameOf(header, 0);
  }

  #nameOf(header: Address, offset: number): string {
    const mapping = this.#mappings.get(header);
    return mapping === undefined
      ? `HeapStart + 0x${(header - this.#start + offset).toString(16)}`
      : `<mapped-addr${mapping}> + 0x${offset.toString(16)}`;
  }
}
