import { HEADER_BYTES } from "@osmem/osmem/internal/plain";
import type { Address } from "@osmem/osmem";
import { NO_BLOCK } from "../../traces/trace.ts";

/** In {@linkcode Lives.to}: the block is live after the last call. */
export const STILL_LIVE = 0xffff_ffff;

/**
 * Blocks over the calls of a run: one entry in each column for each stretch of
 * calls in which a block stayed at one place, at one size, under one label.
 *
 * ```text
 *   address
 *      │      ┌─────────────────┐
 *      │      │ block 3         │           a block that grows in place has a
 *      │      ├────────┬────────┴──┐        second life at the same address, one
 *      │      │ block 2│ block 2   │        that moves has it at another
 *      └──────┴────────┴───────────┴──▶ calls made
 *           from       to
 * ```
 *
 * A block is there at every moment `calls` with `from <= calls && calls < to`.
 */
export interface Lives {
  /** How many there are. */
  readonly length: number;
  /** The numbers of the blocks; `0xffffffff` for free ones, and past the recording. */
  readonly blocks: Uint32Array;
  /** Addresses of headers. */
  readonly addresses: Float64Array;
  /** Bytes of payload. */
  readonly sizes: Float64Array;
  /** Bytes asked for; 0 for free blocks. */
  readonly requestedBytes: Float64Array;
  /** Calls made when each came to be so; 0 for those there were before. */
  readonly from: Uint32Array;
  /** Calls made when it was no longer so, or {@linkcode STILL_LIVE}. */
  readonly to: Uint32Array;
  /** Labels, by the number of the life. */
  readonly labels: ReadonlyMap<number, string>;
}

/** One entry of {@linkcode Lives}. Sizes are in bytes. */
export interface BlockLife {
  /** The number of the block; none if it is free, or was allocated past the recording. */
  readonly block: number | undefined;
  /** Its label. */
  readonly label: string | undefined;
  /** Address of the header. */
  readonly address: Address;
  /** Address of the payload. */
  readonly payload: Address;
  /** Payload. */
  readonly size: number;
  /** What was asked for. */
  readonly requestedBytes: number;
  /** Calls made when it came to be so; 0 if it was so before the first call. */
  readonly from: number;
  /** Calls made when it was no longer so; none if it is still so at the end. */
  readonly to: number | undefined;
}

/**
 * One of the lives.
 *
 * @param lives The lives.
 * @param index Its number, from 0 to `lives.length - 1`.
 * @throws {RangeError} If there is no such life.
 *
 * @example Where did a block live?
 * ```ts
 * import { experiment, lifeOf } from "@osmem/lab";
 * import { assertEquals } from "@std/assert";
 *
 * const run = experiment({}, (heap) => heap.free(heap.malloc(100, "name")));
 * const life = lifeOf(run.timeline().blocks, 0);
 * assertEquals([life.label, life.from, life.to], ["name", 1, 2]);
 * ```
 */
export function lifeOf(lives: Lives, index: number): BlockLife {
  if (!(Number.isInteger(index) && index >= 0 && index < lives.length)) {
    throw new RangeError(
      `Cannot show life ${index}: expected a whole number below ${lives.length}, the number of lives`,
    );
  }
  const block = lives.blocks[index]!;
  const to = lives.to[index]!;
  const address = lives.addresses[index]!;
  return {
    block: block === NO_BLOCK ? undefined : block,
    label: lives.labels.get(index),
    address,
    payload: address + HEADER_BYTES,
    size: lives.sizes[index]!,
    requestedBytes: lives.requestedBytes[index]!,
    from: lives.from[index]!,
    to: to === STILL_LIVE ? undefined : to,
  };
}
