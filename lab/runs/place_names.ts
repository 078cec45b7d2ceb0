import { HEADER_BYTES } from "@osmem/osmem/internal/plain";
import type { Address } from "@osmem/osmem";
import type { RunData } from "./run_data.ts";

/** Memory that addresses are named after. */
interface NamedMemory {
  readonly name: string;
  readonly start: Address;
  end: Address;
}

const NULL = "0";

/** What every name of a place looks like, as a regular expression. */
export const PLACE = String
  .raw`0|(?:HeapStart|<mapped-addr\d+>|<segment\d+>)(?: \+ 0x[0-9a-f]+)?|0x[0-9a-f]+`;

/** Bytes past a segment that are still named after it: as many as a heap spans. */
const MOST_SPANNED = 2 ** 34;

/**
 * Names addresses as the course's checker does, so that they are the same in every
 * run:
 *
 * ```text
 *   HeapStart + 0x20          0x20 bytes above the break before the first growth
 *   <mapped-addr2> + 0x20     0x20 bytes into the second mapping that was made
 *   <segment2> + 0x20         0x20 bytes into the heap's second segment: others
 *                             had moved the break in between
 * ```
 */
export class PlaceNames {
  /** In the order in which the break came to them; the heap grows in the last one. */
  readonly #segments: NamedMemory[] = [];
  /** By their first bytes; one that was given back keeps its name until it is made anew. */
  readonly #mappings = new Map<Address, NamedMemory>();
  #mappingCount = 0;

  /** The break was raised. */
  grow(from: Address, to: Address): void {
    const last = this.#segments.at(-1);
    if (last?.end === from) {
      last.end = to;
      return;
    }
    const number = this.#segments.length + 1;
    const name = number === 1 ? "HeapStart" : `<segment${number}>`;
    this.#segments.push({ name, start: from, end: to });
  }

  /** A mapping was made. */
  map(start: Address, length: number): void {
    const name = `<mapped-addr${++this.#mappingCount}>`;
    this.#mappings.delete(start); // the new one is the last
    this.#mappings.set(start, { name, start, end: start + length });
  }

  /** The name of an address; an address without one is written as a number. */
  nameOf(address: Address): string {
    if (address === 0) return NULL;
    const mapping = this.#mappings.get(address);
    if (mapping) return mapping.name;
    const stretch = this.#stretchAround(address);
    if (!stretch) return formatAddress(address);
    return `${stretch.name} + 0x${(address - stretch.start).toString(16)}`;
  }

  /**
   * The address with a name that {@linkcode PlaceNames.nameOf} gave; `undefined` if
   * there is no such place yet.
   */
  addressOf(name: string): Address | undefined {
    if (name === NULL) return 0;
    const [base, offset = "0x0"] = name.split(" + ");
    const stretch = [...this.#segments, ...this.#mappings.values()]
      .find((each) => each.name === base);
    return stretch && stretch.start + Number(offset);
  }

  /** What an address is named after; the steps that take long come last. */
  #stretchAround(address: Address): NamedMemory | undefined {
    const isInside = ({ start, end }: NamedMemory) =>
      start <= address && address <= end;
    return this.#mappings.get(address - HEADER_BYTES) ??
      this.#segments.findLast(isInside) ??
      [...this.#mappings.values()].findLast(isInside) ??
      this.#segments.findLast(({ start }) =>
        start <= address && address < start + MOST_SPANNED
      );
  }
}

/**
 * The names of what the heap of a run obtained from the system.
 *
 * @param data The run.
 * @param calls The moment: an address may be that of several mappings, one after the
 * other.
 */
export function placeNamesOf(data: RunData, calls: number): PlaceNames {
  const names = new PlaceNames();
  for (const { call, name, address, length } of data.systemCalls) {
    if (call >= calls) break;
    if (name === "sbrk") names.grow(address - length, address);
    else if (name === "mmap") names.map(address, length);
  }
  return names;
}

/** An address as C has it: what is above `PTRDIFF_MAX` comes as a negative number. */
function formatAddress(address: Address): string {
  return `0x${BigInt.asUintN(64, BigInt(address)).toString(16)}`;
}
