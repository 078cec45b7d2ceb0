import { CallKind } from "../trace.ts";
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

/** Functions that call none of the family. */
const LEAVES = ["malloc", "free"];

/**
 * The calls of an ltrace recording between their beginnings and their returns.
 * Every thread has its own, and in a thread the call begun last returns first.
 * ltrace loses some beginnings and returns when threads run at the same time.
 */
export class NestedCalls {
  readonly #threads = new Map<string, NestedCall[]>();
  readonly #onLost: () => void;

  /** @param onLost Called for each allocation whose beginning or return is missing. */
  constructor(onLost: () => void) {
    this.#onLost = onLost;
  }

  /** A call begins: the call, with whether it is inside another. */
  open(thread: string, call: Omit<NestedCall, "inside">): NestedCall {
    const calls = this.#threads.get(thread) ?? [];
    this.#threads.set(thread, calls);
    const cannotCall = ({ name }: NestedCall) =>
      name === call.name || LEAVES.includes(name);
    const returned = calls.findIndex(cannotCall);
    if (returned !== -1) this.#lose(calls.splice(returned));
    const nested = { ...call, inside: calls.length > 0 };
    calls.push(nested);
    return nested;
  }

  /** A call returns: the one of that function that began last. */
  close(thread: string, name: string): NestedCall | undefined {
    const calls = this.#threads.get(thread) ?? [];
    const index = calls.findLastIndex((call) => call.name === name);
    if (index === -1) {
      if (calls.length === 0) this.#onLost();
      return undefined;
    }
    this.#lose(calls.splice(index + 1));
    return calls.pop();
  }

  /** The recording ends: what did not return is lost. */
  end(): void {
    this.#threads.forEach((calls) => this.#lose(calls));
  }

  #lose(calls: readonly NestedCall[]): void {
    for (const { inside, kind } of calls) {
      if (!inside && kind !== CallKind.free) this.#onLost();
    }
  }
}
