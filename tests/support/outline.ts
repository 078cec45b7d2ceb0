import type { Block } from "../../mod.ts";

/** A block in a few letters, as in `"allocated 16"`. */
export function outline(blocks: Iterable<Block>): string[] {
  return Array.from(blocks, ({ status, size }) => `${status} ${size}`);
}
