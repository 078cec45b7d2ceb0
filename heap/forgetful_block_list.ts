import { BlockList } from "./block_list.ts";

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
