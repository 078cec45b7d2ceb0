import { isWorker } from "../ffi/system.ts";
import type { Address } from "../ffi/memory.ts";
import { addressOfGiven, type Pointer, pointerAt } from "../ffi/pointer.ts";
import { processMemory } from "../ffi/memories.ts";
import { UsageError } from "../errors/usage_error.ts";
import { Heap } from "./heap.ts";

const VARIABLE = "OSMEM_DEBUG";

/**
 * Whether `OSMEM_DEBUG=1` asks for the default heap to be a debug heap. The variable is
 * read only where that is already allowed: asking would prompt.
 */
export function isDebugAsked(): boolean {
  const { state } = Deno.permissions.querySync({
    name: "env",
    variable: VARIABLE,
  });
  return state === "granted" && Deno.env.get(VARIABLE) === "1";
}

let used: Heap | undefined;

/**
 * The heap that the `os_*` functions of this isolate use, made on first use. In the main
 * thread it is one on the process's own program break. In a Worker it is one in an arena
 * of its own, unless {@linkcode os_use} says otherwise. It is a debug heap if
 * `OSMEM_DEBUG=1` is set and may be read. It is not what C's `os_*`
 * functions of `native/osmem.h` go to: those have the heap that was bound.
 *
 * The break has other users. The C library's own malloc moves it from any thread, and
 * `sbrk` takes no lock: where two threads raise it in the same moment both may be given
 * the same memory. A lock of osmem lets its own heaps raise it one after the other, but
 * the C library does not know that lock. The fewer threads use the break the rarer that
 * is, so only one does unless it is told otherwise.
 *
 * The memory of a Worker's arena is not given back when the Worker ends, since other
 * isolates may still be using it: free it before, or dispose of the heap.
 *
 * @returns The heap, to ask it for its numbers and to check it.
 * @throws {LibraryError} If the native library cannot be loaded.
 *
 * @example Count what is live
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
 * Says which heap the `os_*` functions of this isolate use from now on. A Worker whose
 * `os_*` functions are to use the process's own break says so before its first
 * allocation; {@linkcode os_heap} tells what is dangerous about that.
 *
 * @param heap The heap. The one before goes on, but is not disposed of.
 * @throws {UsageError} If blocks of the heap before are live, which could not be freed
 * any more, or if `heap` was disposed of.
 * @throws {LibraryError} If the native library cannot be loaded.
 *
 * @example In a Worker, on the process's own program break
 * ```ts
 * import { Heap, os_free, os_malloc, os_use, processMemory } from "@osmem/osmem";
 *
 * os_use(new Heap({ memory: processMemory() }));
 * os_free(os_malloc(100));
 * ```
 */
export function os_use(heap: Heap): void {
  heap.stats(); // refused if it was disposed of
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

/** How many blocks of a heap are live; none of one that ended. */
function liveBlocksOf(heap: Heap): number {
  try {
    return heap.stats().liveBlocks;
  } catch (error) {
    if (error instanceof UsageError) return 0;
    throw error;
  }
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

/** @throws {ArgumentError} If it is no pointer. */
function addressFrom(pointer: Pointer, action: string): Address {
  return pointer === recentPointer
    ? recentAddress
    : addressOfGiven(pointer, action, "a pointer that an os_* function gave");
}

/**
 * Allocates `size` bytes, as malloc(3) does: in the main thread on the process's program
 * break, in a Worker in an arena of its own (see {@linkcode os_heap}). C programs that
 * call `os_malloc` get blocks of another heap: see {@linkcode Heap.bindToC}.
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
  return pointerTo(os_heap().malloc(size));
}

/**
 * Allocates `nmemb * size` bytes, all zero, as calloc(3) does, from the same heap as
 * {@linkcode os_malloc}.
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
  return pointerTo(os_heap().calloc(nmemb, size));
}

/**
 * Resizes a block, as realloc(3) does.
 *
 * @param pointer What an `os_*` function returned, or `null` to allocate.
 * @param size Bytes; 0 frees the block.
 * @returns A pointer to the payload, which may be a new one; `null` if `size` is 0
 * or `pointer` leads to memory that is free.
 * @throws {ArgumentError} If `size` is not a non-negative safe integer, or `pointer` no
 * pointer.
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
  return pointerTo(os_heap().realloc(addressFrom(pointer, "realloc"), size));
}

/**
 * Frees a block, as free(3) does.
 *
 * @param pointer What an `os_*` function returned; `null` does nothing.
 * @throws {ArgumentError} If `pointer` is no pointer.
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
  os_heap().free(addressFrom(pointer, "free"));
}
