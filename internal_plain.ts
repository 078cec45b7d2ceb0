/**
 * The part of what the lab, `@osmem/lab`, uses of the core that is plain code: it loads
 * no native library and runs in a browser too. So the page of a report is made with it,
 * and the command line checks its options before it loads an allocator.
 *
 * | exported | because |
 * |---|---|
 * | `HEADER_BYTES`, `CELL_BYTES`, …, `STATUS`, `FIELD`, `roundUp` | pictures show headers and sizes to scale |
 * | `formatAddress` | pictures write addresses as messages of the core do |
 * | `checkOptions`, `FITS`, `COALESCE` | policies are read from command lines and files |
 *
 * @module
 */
export { formatAddress } from "./errors/messages.ts";
export { checkOptions, COALESCE, FITS } from "./heap/heap_options.ts";
export {
  CELL_BYTES,
  FIELD,
  HEADER_BYTES,
  HEADER_CELLS,
  roundUp,
  SMALLEST_BLOCK_CELLS,
  STATUS,
} from "./heap/layout.ts";
