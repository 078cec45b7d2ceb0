import type { HeapSnapshot } from "../../runs/heap_snapshot.ts";
import type { PackReader, PackWriter } from "./pack.ts";

/** Writes the blocks of one moment. */
export function writeSnapshot(pack: PackWriter, snapshot: HeapSnapshot): void {
  const column = pack.column();
  column.unsigned(snapshot.length);
  let last = 0;
  for (let index = 0; index < snapshot.length; index++) {
    const address = snapshot.addresses[index]!;
    column.signed(address - last);
    column.unsigned(snapshot.sizes[index]!);
    column.unsigned(snapshot.statuses[index]!);
    last = address;
  }
}

/** Reads what {@linkcode writeSnapshot} wrote. */
export function readSnapshot(pack: PackReader): HeapSnapshot {
  const column = pack.column();
  const length = column.unsigned();
  const addresses = new Float64Array(length);
  const sizes = new Float64Array(length);
  const statuses = new Uint8Array(length);
  let last = 0;
  for (let index = 0; index < length; index++) {
    addresses[index] = last += column.signed();
    sizes[index] = column.unsigned();
    statuses[index] = column.unsigned();
  }
  return { length, addresses, sizes, statuses };
}
