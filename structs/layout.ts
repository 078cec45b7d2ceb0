import type { Refusal } from "./refusals.ts";

/** How the values of one type lie in memory. */
export interface Layout {
  /** Bytes of a value. */
  readonly size: number;
  /** Bytes of which its address is a multiple. */
  readonly align: number;
  /** Whether a value is written by one access, so that it is never half written. */
  readonly isScalar: boolean;
  /** What it is as members of a structure of Deno's FFI. */
  members(): readonly Deno.NativeType[];
  /** Reads the value `offset` bytes behind a view's start. */
  read(view: DataView, offset: number): unknown;
  /**
   * Writes a value `offset` bytes behind a view's start.
   *
   * @returns Why it cannot be written, if so; parts of it may have been written.
   */
  write(view: DataView, offset: number, value: unknown): Refusal | undefined;
}
