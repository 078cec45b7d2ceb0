import { libraryPath } from "../../ffi/library.ts";
import type { Address, CBindings } from "../../mod.ts";

/** The functions of a heap as C calls them. Sizes may be any that a `size_t` holds. */
export interface CFunctions {
  malloc(size: number | bigint): Address;
  calloc(nmemb: number | bigint, size: number | bigint): Address;
  realloc(address: Address | bigint, size: number | bigint): Address;
  free(address: Address | bigint): void;
}

/** The functions of a heap as C calls them, and what only bindings have. */
export interface BoundFunctions extends CFunctions {
  usableSize(address: Address): number;
}

const MALLOC = { parameters: ["usize"], result: "pointer" } as const;
const CALLOC = { parameters: ["usize", "usize"], result: "pointer" } as const;
const REALLOC = {
  parameters: ["pointer", "usize"],
  result: "pointer",
} as const;
const FREE = { parameters: ["pointer"], result: "void" } as const;
const USABLE_SIZE = { parameters: ["pointer"], result: "usize" } as const;

/** Calls the functions that bindings have. */
export function boundFunctions(bindings: CBindings): BoundFunctions {
  const malloc = new Deno.UnsafeFnPointer(bindings.malloc, MALLOC);
  const calloc = new Deno.UnsafeFnPointer(bindings.calloc, CALLOC);
  const realloc = new Deno.UnsafeFnPointer(bindings.realloc, REALLOC);
  const free = new Deno.UnsafeFnPointer(bindings.free, FREE);
  const usable = new Deno.UnsafeFnPointer(bindings.usableSize, USABLE_SIZE);
  return {
    malloc: (size) => addressOf(malloc.call(BigInt(size))),
    calloc: (nmemb, size) =>
      addressOf(calloc.call(BigInt(nmemb), BigInt(size))),
    realloc: (address, size) =>
      addressOf(realloc.call(pointerAt(address), BigInt(size))),
    free: (address) => free.call(pointerAt(address)),
    usableSize: (address) => Number(usable.call(pointerAt(address))),
  };
}

/** Calls the `os_*` functions that programs in C are linked with. */
export function osFunctions(): CFunctions {
  const { symbols } = Deno.dlopen(libraryPath(), {
    os_malloc: MALLOC,
    os_calloc: CALLOC,
    os_realloc: REALLOC,
    os_free: FREE,
  });
  return {
    malloc: (size) => addressOf(symbols.os_malloc(BigInt(size))),
    calloc: (nmemb, size) =>
      addressOf(symbols.os_calloc(BigInt(nmemb), BigInt(size))),
    realloc: (address, size) =>
      addressOf(symbols.os_realloc(pointerAt(address), BigInt(size))),
    free: (address) => symbols.os_free(pointerAt(address)),
  };
}

function addressOf(pointer: Deno.PointerValue): Address {
  return Number(Deno.UnsafePointer.value(pointer));
}

function pointerAt(address: Address | bigint): Deno.PointerValue {
  return Deno.UnsafePointer.create(BigInt(address));
}
