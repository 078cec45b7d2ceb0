/**
 * An allocator as a case uses it. What stands for a block is up to the allocator: an
 * address, a pointer, an array.
 */
export interface Allocator<Block> extends Disposable {
  /** What stands for no block, as NULL does. */
  readonly none: Block;
  /** Allocates `size` bytes. */
  malloc(size: number): Block;
  /** Allocates `size` bytes, all zero. */
  calloc(size: number): Block;
  /** Resizes a block, which may move. */
  realloc(block: Block, size: number): Block;
  /** Frees a block. */
  free(block: Block): void;
}

/** Frees all of these blocks. */
export function freeAll<Block>(
  allocator: Allocator<Block>,
  live: readonly Block[],
): void {
  for (const block of live) allocator.free(block);
}

/**
 * What a module in `peers/` exports: functions that open an allocator. They throw if it
 * is not installed; the message says what is missing.
 */
export type PeerModule = Readonly<
  Record<string, (() => Allocator<unknown>) | undefined>
>;
