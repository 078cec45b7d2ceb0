import { type Address, type Memory, SystemCallError } from "@osmem/osmem";
import { PlaceNames } from "../runs/place_names.ts";
import type { ReferenceLine } from "./reference_line.ts";

const PROTECTION = "PROT_READ | PROT_WRITE";
const FLAGS = "MAP_PRIVATE | MAP_ANON";

/**
 * A memory that records the system calls of the heap on it, as the course's checker
 * writes them. It records failed calls too: `brk` answers with the break where it
 * is, as the kernel does, the others with the error: `-ENOMEM`.
 */
export class TracedMemory implements Memory {
  readonly pageSize: number;
  /** The names of what was obtained. */
  readonly names = new PlaceNames();
  readonly #inner: Memory;
  #lines: ReferenceLine[] = [];
  #isFirstGrowth = true;

  /** @param inner Makes the system calls. */
  constructor(inner: Memory) {
    this.#inner = inner;
    this.pageSize = inner.pageSize;
  }

  /** The system calls since this was last asked, in order. */
  takeLines(): readonly ReferenceLine[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  sbrk(increment: number): Address {
    if (increment === 0) return this.#inner.sbrk(0);
    const before = this.#inner.sbrk(0);
    this.#askFirst(before);
    try {
      const previous = this.#inner.sbrk(increment);
      this.names.grow(previous, previous + increment);
      this.#addBrk(previous + increment, previous + increment);
      return previous;
    } catch (error) {
      if (error instanceof SystemCallError) {
        this.#addBrk(before + increment, before);
      }
      throw error;
    }
  }

  mmap(length: number): Address {
    const add = (result: string) =>
      this.#add(
        "mmap",
        ["0", `${length}`, PROTECTION, FLAGS, "-1", "0"],
        result,
      );
    return this.#attempt(add, () => {
      const address = this.#inner.mmap(length);
      this.names.map(address, length);
      add(this.names.nameOf(address));
      return address;
    });
  }

  munmap(address: Address, length: number): void {
    const args = [this.names.nameOf(address), `${length}`];
    const add = (result: string) => this.#add("munmap", args, result);
    this.#attempt(add, () => {
      this.#inner.munmap(address, length);
      add("0");
    });
  }

  buffer(address: Address, length: number): ArrayBuffer {
    return this.#inner.buffer(address, length);
  }

  /** The C library asks where the break is before it moves it for the first time. */
  #askFirst(programBreak: Address): void {
    if (!this.#isFirstGrowth) return;
    this.#isFirstGrowth = false;
    this.names.grow(programBreak, programBreak);
    this.#add("brk", ["0"], this.names.nameOf(programBreak));
  }

  #addBrk(asked: Address, result: Address): void {
    const [from, to] = [asked, result].map((end) => this.names.nameOf(end));
    this.#add("brk", [from!], to!);
  }

  /** Makes a call; a failure is recorded with its error. */
  #attempt<Answer>(add: (result: string) => void, call: () => Answer): Answer {
    try {
      return call();
    } catch (error) {
      if (error instanceof SystemCallError) add(`-${error.code}`);
      throw error;
    }
  }

  #add(name: string, args: readonly string[], result: string): void {
    this.#lines.push({ name, args, result });
  }
}
