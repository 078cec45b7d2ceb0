import { BlockList } from "./block_list.ts";
import type { HeapPolicy } from "../heap_options.ts";
import type { System } from "../source/system_calls.ts";
import type { Tally } from "../source/live_cells.ts";

/**
 * Makes an empty list of heap blocks, of the kind that a policy asks for.
 *
 * @param system Where memory comes from.
 * @param tally Counts live cells.
 * @param policy How blocks are chosen, split and merged, and the break raised.
 */
export function openBlockList(
  system: System,
  tally: Tally,
  policy: HeapPolicy,
): BlockList {
  const isRestoring = policy.fit !== "next" && policy.coalesce !== "never";
  return isRestoring
    ? new BlockList(system, tally, policy)
    : new ForgetfulBlockList(system, tally, policy);
}

/**
 * A block list that sets no block aside: for policies by which a search that
 * follows a free may not find the block that was just freed.
 *
 * A block can be set aside if freeing it brings back what there was before its
 * search. Where neighbours are never merged it does not: what the block was split
 * from stays in two. And next fit never searches twice from the same place. A
 * class of its own spares the contract's policies the question at each call.
 */
export class ForgetfulBlockList extends BlockList {
  override setAside(): void {
    this.release(this.latest);
  }
}
