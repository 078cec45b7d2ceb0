import type { Address } from "../../ffi/memory.ts";

/** The calls that C can make of a heap: those of a heap itself, or of its recording. */
export interface HeapCalls {
  malloc(size: number): Address;
  calloc(nmemb: number, size: number): Address;
  realloc(address: Address, size: number): Address;
  free(address: Address): void;
  usableSize(address: Address): number;
}

/**
 * The same calls with answers that C can use: an address (0 is NULL) or a size; below
 * 0 a negated error number. They never throw.
 */
export interface CAnswers {
  malloc(size: number): number;
  calloc(nmemb: number, size: number): number;
  realloc(address: Address, size: number): number;
  free(address: Address): number;
  usableSize(address: Address): number;
}
