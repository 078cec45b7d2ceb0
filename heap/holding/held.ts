import type { Address } from "../../ffi/memory.ts";
import type { Ending } from "./ending.ts";

/** What an {@linkcode Allocation} asks of the block that it stands for. */
export interface Held {
  /** The block's payload. */
  readonly address: Address;
  /** Bytes that were asked for. */
  readonly size: number;
  /** What the user calls it. */
  readonly label: string | undefined;
  /** Whether it was disposed of, or ended in another way. */
  readonly isEnded: boolean;
  /** Refuses what ended. */
  requireLive(action: string): void;
  /** A window on the payload, and nothing else, until it is resized or ends. */
  window(): ArrayBuffer;
  /** Gives it another size, perhaps elsewhere. */
  resize(size: number): void;
  /** Frees it, if it is live; the ending is that it was disposed of, unless given. */
  release(ending?: Ending): void;
  /** What it is and what became of it, for the console. */
  summary(): string;
}
