import { HEADER_BYTES, STATUS } from "@osmem/osmem/internal/plain";
import type { HeapSnapshot } from "../../runs/heap_snapshot.ts";
import { type Region, regionsOf, usedBytesByCell } from "../../runs/regions.ts";
import { type CellKind, mappingKind } from "./cell_kinds.ts";

/** Cells of one kind, one after the other. */
export interface CellRun {
  /** What they show. */
  readonly kind: CellKind;
  /** How many there are. */
  readonly count: number;
  /** Bytes between the first byte that is drawn and the first cell's. */
  readonly offset: number;
}

/** The cells of a heap. */
export interface HeapCells {
  /** Those below the break. */
  readonly heap: readonly CellRun[];
  /** Those of its mappings. */
  readonly mappings: readonly CellRun[];
}

/**
 * The cells of a heap at a scale.
 *
 * ```text
 *   up to 32 bytes a cell     ▌▌▌▌██████▌▌▌▌░░░     a header has cells of its own
 *   more                      ██▓▓█▒░░░             a cell shows the share in use,
 *                                                   headers being part of their block
 * ```
 *
 * @param snapshot The blocks.
 * @param bytesPerCell Bytes that a cell stands for.
 */
export function cellsOf(
  snapshot: HeapSnapshot,
  bytesPerCell: number,
): HeapCells {
  return showsHeaders(bytesPerCell)
    ? fineCells(snapshot, bytesPerCell)
    : coarseCells(snapshot, bytesPerCell);
}

/** Whether headers have cells of their own at this scale. */
export function showsHeaders(bytesPerCell: number): boolean {
  return bytesPerCell <= HEADER_BYTES;
}

function fineCells(snapshot: HeapSnapshot, bytesPerCell: number): HeapCells {
  const heap = new FineCells(bytesPerCell);
  const mappings = new FineCells(bytesPerCell);
  let end = snapshot.addresses[0] ?? 0;
  let mapped = 0;
  for (let index = 0; index < snapshot.length; index++) {
    const size = snapshot.sizes[index]!;
    const status = snapshot.statuses[index]!;
    if (status === STATUS.mapped) {
      mappings.addBlock(mappingKind(mapped++), size);
      continue;
    }
    const address = snapshot.addresses[index]!;
    if (address !== end) heap.addGap(address - end);
    heap.addBlock(status === STATUS.free ? "free" : "used", size);
    end = address + HEADER_BYTES + size;
  }
  return { heap: heap.runs, mappings: mappings.runs };
}

/** Cells to scale, each part of a block from the cell next to where it begins. */
class FineCells {
  readonly runs: CellRun[] = [];
  readonly #bytesPerCell: number;
  /** Bytes so far. */
  #offset = 0;

  constructor(bytesPerCell: number) {
    this.#bytesPerCell = bytesPerCell;
  }

  addBlock(kind: CellKind, size: number): void {
    this.#add("header", HEADER_BYTES);
    this.#add(kind, size);
  }

  /** A gap takes one cell, however long it is. */
  addGap(length: number): void {
    this.runs.push({ kind: "gap", count: 1, offset: this.#offset });
    this.#offset += length;
  }

  #add(kind: CellKind, length: number): void {
    const offset = this.#offset;
    this.#offset += length;
    const count = this.#cellAt(this.#offset) - this.#cellAt(offset);
    if (count > 0) this.runs.push({ kind, count, offset });
  }

  #cellAt(offset: number): number {
    return Math.round(offset / this.#bytesPerCell);
  }
}

function coarseCells(snapshot: HeapSnapshot, scale: number): HeapCells {
  const { segments, mappings } = regionsOf(snapshot);
  const start = segments[0]?.start ?? 0;
  const heap = segments.flatMap((segment, index) => {
    const offset = segment.start - start;
    const cells = segmentCells(snapshot, segment, scale, offset);
    const gap = { kind: "gap", count: 1, offset } as const;
    return index === 0 ? cells : [gap, ...cells];
  });
  return { heap, mappings: mappingCells(mappings, scale) };
}

function segmentCells(
  snapshot: HeapSnapshot,
  segment: Region,
  scale: number,
  firstOffset: number,
): CellRun[] {
  const used = usedBytesByCell(snapshot, segment, scale);
  return Array.from(used, (usedBytes, index) => {
    const bytes = Math.min(scale, segment.length - index * scale);
    const offset = firstOffset + index * scale;
    return { kind: kindByShare(usedBytes / bytes), count: 1, offset };
  });
}

function kindByShare(share: number): CellKind {
  if (share === 0) return "free";
  if (share < 0.5) return "partlyUsed";
  return share < 1 ? "mostlyUsed" : "used";
}

/** Mappings side by side; a cell shows the one that its middle lies in. */
function mappingCells(mappings: readonly Region[], scale: number): CellRun[] {
  const runs: CellRun[] = [];
  let offset = 0;
  let cells = 0;
  mappings.forEach((mapping, index) => {
    const isLast = index === mappings.length - 1;
    const end = (offset + mapping.length) / scale;
    const until = isLast ? Math.ceil(end) : Math.round(end);
    const count = until - cells;
    if (count > 0) runs.push({ kind: mappingKind(index), count, offset });
    cells = Math.max(cells, until);
    offset += mapping.length;
  });
  return runs;
}
