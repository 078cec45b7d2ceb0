import type { Address } from "../../../mod.ts";
import type { BlockHistory } from "../../runs/block_history.ts";
import { HEADER_BYTES, Status } from "../../runs/heap_snapshot.ts";
import { requestedBy } from "../../runs/run_call.ts";
import { type RunData, UNMAPPED } from "../../runs/run_data.ts";
import { NO_BLOCK } from "../../traces/trace.ts";
import { BlockExtents } from "./block_extents.ts";
import { type BlockOwner, LifeLog } from "./life_log.ts";
import type { Lives } from "./lives.ts";

/** The lives of heap blocks and of mapped blocks in a run. */
export function readLives(
  data: RunData,
  history: BlockHistory,
): { readonly blocks: Lives; readonly mappings: Lives } {
  const reader = new LifeReader(data, history);
  const { ends } = data.changes;
  let change = 0;
  for (let call = 0; call < data.length; call++) {
    for (; change < ends[call]!; change++) reader.read(change, call);
  }
  return reader.finish();
}

/** Follows the blocks of a run, change by change. */
class LifeReader {
  readonly #data: RunData;
  readonly #history: BlockHistory;
  readonly #extents = new BlockExtents();
  readonly #blocks = new LifeLog();
  readonly #mappings = new LifeLog();

  constructor(data: RunData, history: BlockHistory) {
    this.#data = data;
    this.#history = history;
    this.#readInitial();
  }

  /** The next change, which this call made. */
  read(change: number, call: number): void {
    const { addresses, sizes, statuses } = this.#data.changes;
    const address = addresses[change]!;
    const size = sizes[change]!;
    const status = statuses[change]!;
    const calls = call + 1;
    if (status === UNMAPPED) return this.#mappings.end(address, calls);
    const isMapped = status === Status.mapped;
    const log = isMapped ? this.#mappings : this.#blocks;
    if (!isMapped) {
      this.#extents.put(address, size, (gone) => this.#blocks.end(gone, calls));
    }
    if (status === Status.free) return log.end(address, calls);
    const owner = this.#ownerOf(address, call, log) ?? nobody(size);
    log.begin(address, size, owner, calls);
  }

  finish(): { blocks: Lives; mappings: Lives } {
    return {
      blocks: this.#blocks.finish(),
      mappings: this.#mappings.finish(),
    };
  }

  #readInitial(): void {
    const { addresses, sizes, statuses, length } = this.#data.initial;
    for (let index = 0; index < length; index++) {
      const address = addresses[index]!;
      const size = sizes[index]!;
      const status = statuses[index]!;
      if (status !== Status.mapped) this.#extents.put(address, size, () => {});
      if (status === Status.free) continue;
      const block = this.#history.initialBlockAt(address);
      const owner = { block, requestedBytes: size, label: undefined };
      const log = status === Status.mapped ? this.#mappings : this.#blocks;
      log.begin(address, size, owner, 0);
    }
  }

  /** A call that was refused may have enlarged its block; it stays the same one's. */
  #ownerOf(
    address: Address,
    call: number,
    log: LifeLog,
  ): BlockOwner | undefined {
    const data = this.#data;
    if (data.refusals.has(call)) return log.ownerAt(address);
    if (data.results[call] !== address + HEADER_BYTES) return undefined;
    const block = data.blocks[call]!;
    return {
      block,
      requestedBytes: requestedBy(data, call),
      label: this.#history.labelOf(block, call + 1),
    };
  }
}

/** Nobody that is known of: a block that was allocated past the recording. */
function nobody(size: number): BlockOwner {
  return { block: NO_BLOCK, requestedBytes: size, label: undefined };
}
