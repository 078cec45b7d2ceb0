import type { Address } from "@osmem/osmem";
import { Column } from "../column.ts";
import { type Lives, STILL_LIVE } from "./lives.ts";

/** Whose a block is. */
export interface BlockOwner {
  /** Its number, or `NO_BLOCK`. */
  readonly block: number;
  /** Bytes asked for. */
  readonly requestedBytes: number;
  /** Its label. */
  readonly label: string | undefined;
}

/** A block that is live. */
interface OpenLife extends BlockOwner {
  readonly life: number;
  readonly size: number;
}

/** The {@linkcode Lives} of a run while its changes are being read. */
export class LifeLog {
  readonly #open = new Map<Address, OpenLife>();
  readonly #blocks = new Column(Uint32Array);
  readonly #addresses = new Column(Float64Array);
  readonly #sizes = new Column(Float64Array);
  readonly #requestedBytes = new Column(Float64Array);
  readonly #from = new Column(Uint32Array);
  readonly #labels = new Map<number, string>();
  /** The lives that ended, in that order, and when. */
  readonly #ended = new Column(Uint32Array);
  readonly #endedAt = new Column(Uint32Array);

  /** Whose the block at this address is, if one is live there. */
  ownerAt(address: Address): BlockOwner | undefined {
    return this.#open.get(address);
  }

  /**
   * A block is live here, unless it was so already.
   *
   * @param address Its header's address.
   * @param size Its bytes of payload.
   * @param owner Whose it is.
   * @param calls Calls made when it came to be so.
   */
  begin(
    address: Address,
    size: number,
    owner: BlockOwner,
    calls: number,
  ): void {
    const before = this.#open.get(address);
    if (before && isSame(before, size, owner)) return;
    this.end(address, calls);
    const life = this.#blocks.length;
    const { block, requestedBytes, label } = owner;
    this.#open.set(address, { life, size, block, requestedBytes, label });
    this.#blocks.push(block);
    this.#addresses.push(address);
    this.#sizes.push(size);
    this.#requestedBytes.push(requestedBytes);
    this.#from.push(calls);
    if (label !== undefined) this.#labels.set(life, label);
  }

  /** After this many calls, no block is live at the address any more. */
  end(address: Address, calls: number): void {
    const open = this.#open.get(address);
    if (!open) return;
    this.#open.delete(address);
    this.#ended.push(open.life);
    this.#endedAt.push(calls);
  }

  /** The columns. */
  finish(): Lives {
    const to = new Uint32Array(this.#blocks.length).fill(STILL_LIVE);
    const endedAt = this.#endedAt.finish();
    this.#ended.finish().forEach((life, index) => to[life] = endedAt[index]!);
    return {
      length: this.#blocks.length,
      blocks: this.#blocks.finish(),
      addresses: this.#addresses.finish(),
      sizes: this.#sizes.finish(),
      requestedBytes: this.#requestedBytes.finish(),
      from: this.#from.finish(),
      to,
      labels: this.#labels,
    };
  }
}

function isSame(before: OpenLife, size: number, owner: BlockOwner): boolean {
  return before.size === size && before.block === owner.block &&
    before.requestedBytes === owner.requestedBytes &&
    before.label === owner.label;
}
