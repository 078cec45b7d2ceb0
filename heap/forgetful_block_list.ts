import { BlockList } from "./block_list.ts";
import type { Policy } from "./heap_options.ts";
import type { System } from "./system.ts";
import type { Tally } from "./tally.ts";

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

/** Makes the list of heap blocks that a policy asks for, empty. */
export function openBlockList(
  system: System,
  tally: Tally,
  policy: Policy,
): BlockList {
  const isRestoring = policy.fit !== "next" && policy.coalesce !== "never";
  return isRestoring
    ? new BlockList(system, tally, policy)
    : new ForgetfulBlockList(system, tally, policy);
}
