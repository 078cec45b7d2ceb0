import {
  type Address,
  type Memory,
  type SystemCall,
  SystemCallError,
} from "../../mod.ts";

const ENOMEM = 12;

/** Whether to refuse the `number`-th system call, counted from 1. */
export type Refusal = (number: number, syscall: SystemCall) => boolean;

/** Refuses just the `target`-th system call. */
export function once(target: number): Refusal {
  return (number) => number === target;
}

/** Refuses the `target`-th system call and every later one. */
export function fromThenOn(target: number): Refusal {
  return (number) => number >= target;
}

/** Refuses no system call. */
export function never(): boolean {
  return false;
}

/** Passes system calls on, except those that are to be refused with ENOMEM. */
export class RefusingMemory implements Memory {
  readonly pageSize: number;
  /** Which system calls to refuse. */
  refuses: Refusal;
  /** System calls asked for so far, refused ones too. */
  asked = 0;
  /** System calls refused so far. */
  refused = 0;
  /** Bytes of the mappings that were made and not given back. */
  mappedBytes = 0;
  readonly #inner: Memory;

  constructor(inner: Memory, refuses: Refusal = never) {
    this.#inner = inner;
    this.pageSize = inner.pageSize;
    this.refuses = refuses;
  }

  sbrk(increment: number): Address {
    if (increment !== 0) this.#pass("sbrk");
    return this.#inner.sbrk(increment);
  }

  mmap(length: number): Address {
    this.#pass("mmap");
    const address = this.#inner.mmap(length);
    this.mappedBytes += length;
    return address;
  }

  munmap(address: Address, length: number): void {
    this.#pass("munmap");
    this.#inner.munmap(address, length);
    this.mappedBytes -= length;
  }

  buffer(address: Address, length: number): ArrayBuffer {
    return this.#inner.buffer(address, length);
  }

  #pass(syscall: SystemCall): void {
    if (!this.refuses(++this.asked, syscall)) return;
    this.refused++;
    throw new SystemCallError(syscall, ENOMEM);
  }
}
