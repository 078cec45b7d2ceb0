import { type ExtraFunctions, nativeExtras } from "./library.ts";
import type { Address } from "./memory.ts";

/**
 * Whether this isolate is a Worker, and not the main thread. Workers of the web and of
 * `node:worker_threads` have the same tag, though only the first have its constructor.
 */
export function isWorker(): boolean {
  const { [Symbol.toStringTag]: tag } = globalThis as {
    readonly [Symbol.toStringTag]?: string;
  };
  return tag?.endsWith("WorkerGlobalScope") ?? false;
}

/**
 * Whether an address lies in an arena of another isolate of this process, or where that
 * raised the break. Of mappings of their own nothing is known.
 */
export function isOfAnotherIsolate(address: Address): boolean {
  const isAddress = Number.isSafeInteger(address) && address >= 0;
  return isAddress && openExtras()?.osmem_is_of_another(address) === 1;
}

/**
 * Nothing where the library cannot be opened again, as when the permission was revoked
 * since: who is told of a wrong address needs to hear that, not this.
 */
function openExtras(): ExtraFunctions | undefined {
  try {
    return nativeExtras();
  } catch {
    return undefined;
  }
}
