import type { HeapPolicy } from "../heap_options.ts";
import type { LiveCells, SystemCalls } from "../source/system_calls.ts";
import { BlockList } from "./block_list.ts";

/**
 * A block list that postpones no free: for policies by which a search that follows a
 * free may not find the block that was just freed.
 *
 * A free can be postponed only if the free undoes the search. Where neighbours are never
 * merged it does not: a block that was split stays split. And next fit never searches twice from the same place. A class of its own spares the
 * contract's policies the question at each call.
 */
export class EagerBlockList extends BlockList {
  override postponeFree(): void {
    this.release(this.latest);
  }
}

/**
 * Makes an empty list of heap blocks, of the kind that a policy asks for.
 *
 * @param calls Makes the system calls.
 * @param live Counts live cells.
 * @param policy How blocks are chosen, split and merged, and the break raised.
 */
export function openBlockList(
  calls: SystemCalls,
  live: LiveCells,
  policy: HeapPolicy,
): BlockList {
  const isRestoring = policy.fit !== "next" && policy.coalesce !== "never";
  return isRestoring
    ? new BlockList(calls, live, policy)
    : new EagerBlockList(calls, live, policy);
}
