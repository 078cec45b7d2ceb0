/**
 * An allocator as a case sees it. What stands for a block is the allocator's own
 * matter: an address, a pointer, an array.
 */
export interface Allocator<Block> extends Disposable {
  /** What stands for no block, as NULL does. */
  readonly none: Block;
  /** Allocates `size` bytes. */
  malloc(size: number): Block;
  /** Allocates `size` bytes, all zero. */
  calloc(size: number): Block;
  /** Resizes a block; it may move. */
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
 * What a module in `peers/` exports: a way to open its allocator.
 *
 * @throws If the allocator is not there; the message says what is missing.
 */
export interface PeerModule<Block> {
  /** Opens the allocator, or one more. */
  readonly open: () => Allocator<Block>;
}
