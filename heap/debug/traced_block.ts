import { formatBytes } from "../../ffi/format.ts";
import type { Address } from "../../ffi/memory.ts";
import { type CorruptionCode, CorruptionError } from "../corruption_error.ts";
import { describeBlock } from "../describe_block.ts";
import { formatCalls } from "../holding/format_calls.ts";
import type { StackTrace } from "../holding/stack_trace.ts";
import { FREED, GUARD } from "./patterns.ts";

/** What a debug heap knows of a block, from when it is allocated to when it is let go. */
export class TracedBlock {
  /** Its payload. */
  readonly address: Address;
  /** Bytes that were asked for. */
  readonly size: number;
  /** Where it was allocated, or moved to. */
  readonly allocated: StackTrace;
  /** What the user calls it. */
  label: string | undefined;
  /** Where it was freed, if it was. */
  freed: StackTrace | undefined;

  /**
   * @param address Its payload.
   * @param size Bytes that were asked for.
   * @param allocated Where it was allocated.
   */
  constructor(address: Address, size: number, allocated: StackTrace) {
    this.address = address;
    this.size = size;
    this.allocated = allocated;
  }

  /** What it is, as in `block "frame" (64 bytes at 0x7f0000001020)`. */
  describe(): string {
    return describeBlock("block", this);
  }

  /** Where it was allocated, and freed if it was: a sentence of several lines. */
  history(): string {
    const allocated = `It was allocated at\n${
      formatCalls(this.allocated.calls)
    }`;
    return this.freed
      ? `${allocated}\nand freed at\n${formatCalls(this.freed.calls)}`
      : allocated;
  }
}

/** A code for damage that only a debug heap finds. */
type DamageCode = Exclude<CorruptionCode, "corrupted-heap">;

const EXPECTED: Readonly<Record<DamageCode, number>> = {
  "overrun": GUARD,
  "write-after-free": FREED,
};

/**
 * Says what was found in a block that should not be there, and where the block comes
 * from.
 *
 * @param code What happened.
 * @param block The block.
 * @param bytes Its whole payload, guard included.
 * @param offset The first byte that is wrong.
 */
export function damageError(
  code: DamageCode,
  block: TracedBlock,
  bytes: Uint8Array,
  offset: number,
): CorruptionError {
  const found = formatByte(bytes[offset]!);
  const expected = formatByte(EXPECTED[code]);
  const what = `offset ${offset} of the ${block.describe()} ${
    explain(code, block, offset)
  }`;
  return new CorruptionError(
    code,
    block.address + offset,
    `${what}: found ${found}, expected ${expected}. ${block.history()}`,
    { code, block, offset },
  );
}

function explain(
  code: DamageCode,
  { size }: TracedBlock,
  offset: number,
): string {
  if (code === "write-after-free") return "was written after it was freed";
  return offset === size
    ? "was written, right behind its end"
    : `was written, ${formatBytes(offset - size)} past its end`;
}

function formatByte(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}
