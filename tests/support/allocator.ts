import type { ModelBlock, SystemCallMade } from "../../model/model.ts";

/**
 * What is compared: the four functions and what they leave behind. Addresses in
 * and out are places.
 */
export interface Allocator {
  malloc(size: number): number;
  calloc(nmemb: number, size: number): number;
  realloc(address: number, size: number): number;
  free(address: number): void;
  /** The system calls made since this was last asked, in order. */
  takeSystemCalls(): SystemCallMade[];
  /** Heap blocks in address order, then mappings in the order they were made. */
  blocks(): ModelBlock[];
}
