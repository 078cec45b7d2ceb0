import type { Address } from "../ffi/memory.ts";
import { addressOf, type Pointer, pointerAt } from "../ffi/pointer.ts";
import { processMemory } from "../ffi/process_memory.ts";
import { isDebugAsked } from "./debug/debug_variable.ts";
import { Heap } from "./heap.ts";

let shared: Heap | undefined;

/**
 * The heap on the process's own program break, made on first use; a debug heap if
 * `OSMEM_DEBUG=1` is set and may be read. It is not what C's
 * `os_*` functions of `native/osmem.h` go to: those have the heap that was bound.
 */
function processHeap(): Heap {
  return shared ??= new Heap({
    memory: processMemory(),
    debug: isDebugAsked(),
  });
}

/** The pointer given out last: of a block that is soon freed, casts are spared. */
let recentPointer: Pointer = null;
let recentAddress: Address = 0;

/** The pointer with this address: two casts took half the time of a pair. */
function pointerTo(address: Address): Pointer {
  if (address !== recentAddress) {
    recentPointer = pointerAt(address);
    recentAddress = address;
  }
  return recentPointer;
}

function addressFrom(pointer: Pointer): Address {
  return pointer === recentPointer ? recentAddress : addressOf(pointer);
}

/**
 * Allocates `size` bytes on the process's program break, as malloc(3) does. C programs
 * that call `os_malloc` get blocks of another heap: see {@linkcode Heap.bindToC}.
 *
 * @param size Bytes.
 * @returns A pointer to the payload, `null` if `size` is 0.
 * @throws {ArgumentError} If `size` is not a non-negative safe integer.
 * @throws {OutOfMemoryError} If the system refuses memory.
 * @throws {LibraryError} If the native library cannot be loaded.
 *
 * @example Allocate and free
 * ```ts
 * import { os_free, os_malloc } from "@osmem/osmem";
 *
 * const pointer = os_malloc(100);
 * os_free(pointer);
 * ```
 */
export function os_malloc(size: number): Pointer {
  return pointerTo(processHeap().malloc(size));
}

/**
 * Allocates `nmemb * size` bytes, all zero, on the process's program break, as
 * calloc(3) does.
 *
 * @param nmemb How many members.
 * @param size Bytes of each.
 * @returns A pointer to the payload, `null` if either factor is 0.
 * @throws {ArgumentError} If a factor is not a non-negative safe integer.
 * @throws {OutOfMemoryError} If the system refuses memory, or the product is
 * larger than any memory.
 * @throws {LibraryError} If the native library cannot be loaded.
 *
 * @example Read zeros
 * ```ts
 * import { os_calloc, os_free } from "@osmem/osmem";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const pointer = os_calloc(4, 4);
 * assert(pointer);
 * assertEquals(new Deno.UnsafePointerView(pointer).getUint32(12), 0);
 * os_free(pointer);
 * ```
 */
export function os_calloc(nmemb: number, size: number): Pointer {
  return pointerTo(processHeap().calloc(nmemb, size));
}

/**
 * Resizes a block, as realloc(3) does.
 *
 * @param pointer What an `os_*` function returned, or `null` to allocate.
 * @param size Bytes; 0 frees the block.
 * @returns A pointer to the payload, which may be a new one; `null` if `size` is 0
 * or `pointer` leads to memory that is free.
 * @throws {ArgumentError} If `size` is not a non-negative safe integer.
 * @throws {InvalidPointerError} If `pointer` is neither live nor in free memory.
 * @throws {OutOfMemoryError} If the system refuses memory. The block is intact.
 * @throws {SystemCallError} If the system refuses to take a mapping back. The
 * block is intact.
 * @throws {LibraryError} If the native library cannot be loaded.
 *
 * @example Grow a block
 * ```ts
 * import { os_free, os_malloc, os_realloc } from "@osmem/osmem";
 *
 * const pointer = os_realloc(os_malloc(100), 1000);
 * os_free(pointer);
 * ```
 */
export function os_realloc(pointer: Pointer, size: number): Pointer {
  return pointerTo(processHeap().realloc(addressFrom(pointer), size));
}

/**
 * Frees a block, as free(3) does.
 *
 * @param pointer What an `os_*` function returned; `null` does nothing.
 * @throws {InvalidPointerError} If `pointer` is not a live block.
 * @throws {SystemCallError} If the system refuses to take a mapping back. The
 * block is live as before.
 * @throws {LibraryError} If the native library cannot be loaded.
 *
 * @example Allocate and free
 * ```ts
 * import { os_free, os_malloc } from "@osmem/osmem";
 *
 * os_free(os_malloc(100));
 * ```
 */
export function os_free(pointer: Pointer): void {
  processHeap().free(addressFrom(pointer));
}
