import type { Memory } from "../ffi/memory.ts";
import { CELL_BYTES, SMALLEST_BLOCK_CELLS } from "./layout.ts";

/** Options for a {@linkcode Heap}. The defaults are the contract's. */
export interface HeapOptions {
  /**
   * Where the heap's memory comes from. Without it the heap makes an arena of
   * its own, which it gives back when it is disposed.
   */
  readonly memory?: Memory;
  /**
   * `malloc` and `realloc` give a block a mapping of its own when its header
   * and its payload have at least this many bytes together. `Infinity` for never.
   *
   * @default {131072}
   */
  readonly mmapThreshold?: number;
  /**
   * The same for `calloc`. By default the page size, because fresh mappings are
   * zero already.
   */
  readonly callocThreshold?: number;
  /**
   * Bytes by which the break is raised when the heap is first needed: 0, or a
   * multiple of 8 that holds a smallest block of 40 bytes.
   *
   * @default {131072}
   */
  readonly preallocate?: number;
}

/** The numbers among {@linkcode HeapOptions}, all given. */
export interface Policy {
  readonly fit: "best" | "first" | "next" | "worst";
  readonly split: boolean;
  readonly coalesce: "deferred" | "immediate" | "never";
  readonly growth: number;
  readonly mmapThreshold: number;
  readonly callocThreshold: number;
  readonly preallocate: number;
}

const KIBIBYTE = 1024;
const DEFAULT_THRESHOLD = 128 * KIBIBYTE;
const DEFAULT_PREALLOCATION = 128 * KIBIBYTE;
const SMALLEST_BLOCK_BYTES = SMALLEST_BLOCK_CELLS * CELL_BYTES;

/**
 * Checks the numbers that are given.
 *
 * @throws {RangeError} If a number is not one that the option allows.
 */
export function checkOptions(options: HeapOptions): void {
  const { mmapThreshold = 0, callocThreshold = 0, preallocate = 0 } = options;
  requireThreshold("mmapThreshold", mmapThreshold);
  requireThreshold("callocThreshold", callocThreshold);
  requirePreallocation(preallocate);
}

/** Fills in the contract's numbers where none are given. */
export function policyOf(options: HeapOptions, pageSize: number): Policy {
  const {
    mmapThreshold = DEFAULT_THRESHOLD,
    callocThreshold = pageSize,
    preallocate = DEFAULT_PREALLOCATION,
  } = options;
  return {
    fit: "best",
    split: true,
    coalesce: "deferred",
    growth: CELL_BYTES,
    mmapThreshold,
    callocThreshold,
    preallocate,
  };
}

function requireThreshold(name: string, value: number): void {
  if (value === Infinity || (Number.isSafeInteger(value) && value >= 0)) return;
  throw new RangeError(
    `Cannot make a heap with ${name} ${value}: expected bytes as a non-negative ` +
      "safe integer, or Infinity",
  );
}

function requirePreallocation(value: number): void {
  const holdsBlocks = Number.isSafeInteger(value) &&
    value >= SMALLEST_BLOCK_BYTES &&
    value % CELL_BYTES === 0;
  if (value === 0 || holdsBlocks) return;
  throw new RangeError(
    `Cannot make a heap with preallocate ${value}: expected 0, or a multiple of ` +
      `${CELL_BYTES} that is at least ${SMALLEST_BLOCK_BYTES}`,
  );
}
