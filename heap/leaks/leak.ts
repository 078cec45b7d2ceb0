import type { Address } from "../../ffi/memory.ts";

/** A block that is live although, perhaps, nobody needs it any more. */
export interface Leak {
  /** Its payload. */
  readonly address: Address;
  /**
   * Bytes that were asked for. Of what `malloc` gave only a debug heap knows that; of
   * others these are the bytes of payload.
   */
  readonly size: number;
  /** What {@linkcode AllocationOptions.label} calls it. */
  readonly label: string | undefined;
  /**
   * The calls that allocated it, the innermost first, as in
   * `main (file:///program.ts:3:14)`; none where that was not noted.
   */
  readonly calls: readonly string[];
}

/** Live blocks that were allocated at one place. */
export interface LeakGroup {
  /** How many there are. */
  readonly blocks: number;
  /** Bytes that were asked for, of all together. */
  readonly bytes: number;
  /** Their labels, each once. */
  readonly labels: readonly string[];
  /** The calls that allocated them, the innermost first; none where that was not noted. */
  readonly calls: readonly string[];
  /** The payload of each, the oldest first where that is known. */
  readonly addresses: readonly Address[];
}
