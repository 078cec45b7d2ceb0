import { BlockList } from "./block_list.ts";
import { ForgetfulBlockList } from "./forgetful_block_list.ts";
import type { HeapPolicy } from "./heap_options.ts";
import type { System } from "./system.ts";
import type { Tally } from "./tally.ts";

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
