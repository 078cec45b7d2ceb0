import { ArgumentError, requireWhole } from "../errors/argument_error.ts";
import { type ExtraFunctions, native, nativeExtras } from "./library.ts";
import type { Address } from "./memory.ts";
import { ENOMEM, SystemCallError } from "../errors/system_errors.ts";

/** Bytes in a page of this machine. */
export function pageSize(): number {
  return native().osmem_page_size();
}

/** sbrk(2) on the process's own break; returns the previous break. */
export function sbrk(increment: number): Address {
  requireWhole("sbrk", "increment", increment, Number.MIN_SAFE_INTEGER);
  const previous = native().osmem_sbrk(increment);
  if (previous < 0) throw new SystemCallError("sbrk", -previous, [increment]);
  return previous;
}

/**
 * mmap(2): a fresh private mapping.
 *
 * @param length Bytes.
 * @param reserve Whether it is only reserved: {@linkcode openReserved} opens parts of it.
 */
export function mmap(length: number, reserve = false): Address {
  if (length > Number.MAX_SAFE_INTEGER) { // more than any address space
    throw new SystemCallError("mmap", ENOMEM, [length]);
  }
  requireWhole("mmap", "length", length);
  const address = native().osmem_mmap(length, reserve ? 1 : 0);
  if (address < 0) throw new SystemCallError("mmap", -address, [length]);
  return address;
}

/**
 * mprotect(2): opens a part of a reserved range, to be read and written.
 *
 * @param address The first byte.
 * @param length Bytes.
 * @param splits Whether this makes two mappings of one: an open part and the rest.
 * @returns Whether the system allows it.
 */
export function openReserved(
  address: Address,
  length: number,
  splits: boolean,
): boolean {
  return native().osmem_mprotect(address, length, splits ? 1 : 0) === 0;
}

/** munmap(2). */
export function munmap(address: Address, length: number): void {
  const answer = native().osmem_munmap(address, length);
  if (answer < 0) {
    throw new SystemCallError("munmap", -answer, [address, length]);
  }
}

/** A window on `length` bytes of this process's memory. */
export function windowOn(address: Address, length: number): ArrayBuffer {
  requireWhole("open a window", "address", address);
  requireWhole("open a window", "length", length);
  const pointer = native().osmem_pointer(address);
  if (pointer === null) throw new ArgumentError("Cannot open a window on NULL");
  return Deno.UnsafePointerView.getArrayBuffer(pointer, length);
}

// Programs reach a window through the `buffer` of a view, and can give it properties of its
// own. What decides whether memory is freed is therefore asked of the engine's own
// functions, as they were when this module was loaded.
const { apply } = Reflect;
const { transfer } = ArrayBuffer.prototype;
const { get: detached } = Object.getOwnPropertyDescriptor(
  ArrayBuffer.prototype,
  "detached",
)!;

/** Whether a window was detached, here or by a transfer of its buffer. */
export function isDetached(window: ArrayBuffer): boolean {
  return apply(detached!, window, []);
}

/** Returns an object from its constructor: a class that extends it adds fields to that. */
class Given {
  constructor(window: ArrayBuffer) {
    return window;
  }
}

/**
 * Adds to a window a private field that says how the window was detached. Nobody else can
 * see, copy or set the field. A `WeakSet` of the windows that were detached here took five
 * times as long, and as long again when a window was collected.
 */
class DetachedWindow extends Given {
  /** Whether the window was detached here, and not by a transfer of its buffer. */
  #isClosed = false;

  static isClosed(window: ArrayBuffer): boolean {
    return #isClosed in window && window.#isClosed;
  }

  static close(window: ArrayBuffer): boolean {
    if (isDetached(window)) return DetachedWindow.isClosed(window);
    try {
      if (!(#isClosed in window)) new DetachedWindow(window);
      apply(transfer, window, [0]);
    } catch { // the engine refuses to detach the buffer, or has no stack left
      return false;
    }
    if (#isClosed in window) window.#isClosed = true; // no call: that could fail in between
    return true;
  }
}

/**
 * Whether the buffer of a window was transferred: another buffer shows the memory now, and
 * cannot be detached from here.
 */
export function isTransferred(window: ArrayBuffer): boolean {
  return isDetached(window) && !DetachedWindow.isClosed(window);
}

/**
 * Detaches a window and every view on it: their length is 0 from then on. Detach before
 * the memory is freed, unmapped or handed over.
 *
 * @returns Whether nobody can read or write the memory through this window or its views.
 * If not, its buffer was transferred, or marked as untransferable by
 * `markAsUntransferable` of `node:worker_threads`: the memory must stay as it is.
 */
export function closeWindow(window: ArrayBuffer): boolean {
  return DetachedWindow.close(window);
}

/**
 * Whether this isolate is a Worker, and not the main thread. Web Workers and those of
 * `node:worker_threads` have the same tag, though only web Workers have its constructor.
 */
export function isWorker(): boolean {
  const { [Symbol.toStringTag]: tag } = globalThis as {
    readonly [Symbol.toStringTag]?: string;
  };
  return tag?.endsWith("WorkerGlobalScope") ?? false;
}

/**
 * Whether an address lies in an arena of another isolate of this process, or in memory
 * that another isolate obtained by raising the break. The mappings of other isolates are
 * not known.
 */
export function isOfAnotherIsolate(address: Address): boolean {
  const isAddress = Number.isSafeInteger(address) && address >= 0;
  return isAddress && openExtras()?.osmem_is_of_another(address) === 1;
}

/**
 * Nothing if the library cannot be opened again, for example because the permission was
 * revoked: the caller is about to report a wrong address, which matters more.
 */
function openExtras(): ExtraFunctions | undefined {
  try {
    return nativeExtras();
  } catch {
    return undefined;
  }
}
