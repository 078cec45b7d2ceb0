import type { Address } from "../../mod.ts";

/** Writes a byte anywhere, as C can. */
export function poke(address: Address, value: number): void {
  const pointer = Deno.UnsafePointer.create(BigInt(address))!;
  new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, 1))[0] = value;
}

/** Reads a byte anywhere, as C can. */
export function peek(address: Address): number {
  const pointer = Deno.UnsafePointer.create(BigInt(address))!;
  return new Deno.UnsafePointerView(pointer).getUint8();
}
