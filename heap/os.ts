/**
 * The functions of a well-known operating-systems course assignment, on one heap for each
 * isolate.
 *
 * @module
 */
import { isWorker } from "../ffi/system.ts";
import type { Address } from "../ffi/memory.ts";
import { addressOfGiven, type Pointer, pointerAt } from "../ffi/pointer.ts";
import { processMemory } from "../ffi/memories.ts";
import { UsageError } from "../errors/usage_error.ts";
import { Heap } from "./heap.ts";

/**
 * Allocates `size` bytes, as malloc(3) does, from the heap {@linkcode os_heap}: in the
 * main thread on the process's program break, in a Worker in an arena of its own. C
 * programs that call `os_malloc` get blocks of another heap: see {@linkcode Heap.bindToC}.
 *
 * @param size Bytes.
 * @returns A pointer to the payload, `null` if `size` is 0.
 * @throws {ArgumentError} If `size` is not a non-negative safe integer.
 * @throws {OutOfMemoryError} If the system refuses memory.
 * @throws {LibraryError} If the native library cannot be loaded.
 *
 * @example Allocate and free
 * ```ts
 * import { os_free, os_heap, os_malloc } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * const before = os_heap().stats().liveBlocks;
 * const pointer = os_malloc(100);
 * assertEquals(os_heap().stats().liveBlocks, before + 1);
 * os_free(pointer);
 * assertEquals(os_heap().stats().liveBlocks, before);
 * ```
 */
export function os_malloc(size: number): Pointer {
  return pointerTo(os_heap().malloc(size));
}

/**
 * Allocates `nmemb * size` bytes, all zero, as calloc(3) does, from the heap
 * {@linkcode os_heap}.
 *
 * @param nmemb The number of members.
 * @param size Bytes of each member.
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
  return pointerTo(os_heap().calloc(nmemb, size));
}

/**
 * Resizes a block, as realloc(3) does.
 *
 * @param pointer A pointer that an `os_*` function returned, or `null` to allocate.
 * @param size Bytes; 0 frees the block.
 * @returns A pointer to the payload, which may have moved; `null` if `size` is 0 or
 * `pointer` points into free memory.
 * @throws {ArgumentError} If `size` is not a non-negative safe integer, or `pointer` is
 * not a pointer.
 * @throws {InvalidPointerError} If `pointer` points neither to a live block nor into free
 * memory.
 * @throws {OutOfMemoryError} If the system refuses memory. The block is unchanged.
 * @throws {SystemCallError} If munmap fails. The block is unchanged.
 * @throws {LibraryError} If the native library cannot be loaded.
 *
 * @example Grow a block
 * ```ts
 * import { os_free, os_heap, os_malloc, os_realloc } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * const pointer = os_realloc(os_malloc(100), 1000);
 * const heap = os_heap();
 * assertEquals(heap.usableSize(heap.address(pointer)), 1000);
 * os_free(pointer);
 * ```
 */
export function os_realloc(pointer: Pointer, size: number): Pointer {
  return pointerTo(os_heap().realloc(addressFrom(pointer, "realloc"), size));
}

/**
 * Frees a block, as free(3) does.
 *
 * @param pointer A pointer that an `os_*` function returned; `null` does nothing.
 * @throws {ArgumentError} If `pointer` is not a pointer.
 * @throws {InvalidPointerError} If `pointer` does not point to a live block.
 * @throws {SystemCallError} If munmap fails. The block stays live.
 * @throws {LibraryError} If the native library cannot be loaded.
 *
 * @example Allocate and free
 * ```ts
 * import { os_free, os_heap, os_malloc } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * const before = os_heap().stats().liveBlocks;
 * os_free(os_malloc(100));
 * os_free(null);
 * assertEquals(os_heap().stats().liveBlocks, before);
 * ```
 */
export function os_free(pointer: Pointer): void {
  os_heap().free(addressFrom(pointer, "free"));
}

let used: Heap | undefined;

/**
 * The heap that the `os_*` functions of this isolate use, made on first use. In the main
 * thread its memory is the process's own program break. In a Worker its memory is an
 * arena of its own. {@linkcode os_use} chooses another heap. If `OSMEM_DEBUG=1` is set and
 * may be read, it is a debug heap. The C functions `os_*` of `native/osmem.h` use another
 * heap: the one that was bound to C ({@linkcode Heap.bindToC}).
 *
 * The break has other users. The C library's own malloc moves it from any thread, and
 * `sbrk` takes no lock: if two threads raise the break at the same moment, both may be
 * given the same memory. A lock lets osmem's own heaps raise it one after the other, but
 * the C library does not know that lock. The fewer threads use the break, the rarer this
 * is. So only the main thread does, unless `os_use` says otherwise.
 *
 * The memory of a Worker's arena is not given back when the Worker ends, since other
 * isolates may still be using it. Dispose of the heap before that.
 *
 * @returns The heap, for example to read its statistics or to check it.
 * @throws {LibraryError} If the native library cannot be loaded.
 *
 * @example Count the live blocks
 * ```ts
 * import { os_free, os_heap, os_malloc } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * const before = os_heap().stats().liveBlocks;
 * const pointer = os_malloc(100);
 * assertEquals(os_heap().stats().liveBlocks, before + 1);
 * os_free(pointer);
 * os_heap().check();
 * ```
 */
export function os_heap(): Heap {
  return used ??= openHeap();
}

/**
 * Chooses the heap that the `os_*` functions of this isolate use from now on. Call it
 * before the first allocation, for example in a Worker that shall use the process's own
 * break; {@linkcode os_heap} describes the danger of that.
 *
 * @param heap The heap. The heap used before is not disposed of.
 * @throws {UsageError} If blocks of the heap used before are live, since they could not
 * be freed any more, or if `heap` was disposed of.
 * @throws {LibraryError} If the native library cannot be loaded.
 *
 * @example In a Worker, on the process's own program break
 * ```ts
 * import {
 *   Heap,
 *   os_free,
 *   os_heap,
 *   os_malloc,
 *   os_use,
 *   processMemory,
 * } from "@osmem/osmem";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const heap = new Heap({ memory: processMemory() });
 * os_use(heap);
 * assertEquals(os_heap(), heap);
 * const pointer = os_malloc(100);
 * assert(heap.address(pointer) < processMemory().sbrk(0));
 * os_free(pointer);
 * ```
 */
export function os_use(heap: Heap): void {
  heap.stats(); // throws if it was disposed of
  const live = used && used !== heap ? liveBlocksOf(used) : 0;
  if (live > 0) {
    throw new UsageError(
      "in-use",
      `Cannot use another heap for the os_* functions: ${live} of their blocks ` +
        `${
          live === 1 ? "is" : "are"
        } live in the one before and could not be freed ` +
        "any more; free them first, or call os_use before the first os_malloc",
    );
  }
  used = heap;
}

function openHeap(): Heap {
  const debug = isDebugAsked();
  return isWorker()
    ? new Heap({ debug })
    : new Heap({ memory: processMemory(), debug });
}

const DEBUG_VARIABLE = "OSMEM_DEBUG";

/**
 * Whether `OSMEM_DEBUG=1` is set. The variable is read only if that is allowed already:
 * asking for the permission would prompt the user.
 */
function isDebugAsked(): boolean {
  const { state } = Deno.permissions.querySync({
    name: "env",
    variable: DEBUG_VARIABLE,
  });
  return state === "granted" && Deno.env.get(DEBUG_VARIABLE) === "1";
}

/** How many blocks of a heap are live: none if it was disposed of. */
function liveBlocksOf(heap: Heap): number {
  try {
    return heap.stats().liveBlocks;
  } catch (error) {
    if (error instanceof UsageError) return 0;
    throw error;
  }
}

/** The pointer returned last: a block that is freed soon needs no second cast. */
let recentPointer: Pointer = null;
let recentAddress: Address = 0;

/** The pointer with an address. Casts took half the time of `os_malloc` and `os_free`. */
function pointerTo(address: Address): Pointer {
  if (address !== recentAddress) {
    recentPointer = pointerAt(address);
    recentAddress = address;
  }
  return recentPointer;
}

/** @throws {ArgumentError} If the argument is no pointer. */
function addressFrom(pointer: Pointer, action: string): Address {
  return pointer === recentPointer
    ? recentAddress
    : addressOfGiven(pointer, action, "a pointer that an os_* function gave");
}
