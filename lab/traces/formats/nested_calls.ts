import { CallKind } from "../call_kind.ts";
import type { LtraceCall } from "./ltrace_functions.ts";

/** A call of malloc's family that has begun. */
export interface NestedCall extends LtraceCall {
  /** The function. */
  readonly name: string;
  /** The line it began in. */
  readonly line: number;
  /** Whether another one of the family made it, which speaks for both. */
  readonly inside: boolean;
}

/**
 * The calls of an ltrace recording between their beginnings and their returns.
 * Every thread has its own, and in a thread the call begun last returns first.
 */
export class NestedCalls {
  readonly #threads = new Map<string, NestedCall[]>();

  /** How many there are that no other one of them made, frees left aside. */
  get length(): number {
    return this.#threads.values()
      .reduce((count, calls) => count + calls.filter(isWaitedFor).length, 0);
  }

  /** Whether a thread is in a call. */
  isInside(thread: string): boolean {
    return (this.#threads.get(thread)?.length ?? 0) > 0;
  }

  /** A call begins. */
  open(thread: string, call: NestedCall): void {
    const calls = this.#threads.get(thread);
    if (calls) calls.push(call);
    else this.#threads.set(thread, [call]);
  }

  /** A call returns: the one that began last, if it is of that function. */
  close(thread: string, name: string): NestedCall | undefined {
    const calls = this.#threads.get(thread);
    return calls?.at(-1)?.name === name ? calls.pop() : undefined;
  }
}

function isWaitedFor(call: NestedCall): boolean {
  return !call.inside && call.kind !== CallKind.free;
}
