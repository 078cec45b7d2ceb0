import { CallKind } from "../trace.ts";
import type { LtraceCall } from "./ltrace_functions.ts";

/** A call of malloc's family that has begun. */
export interface NestedCall extends LtraceCall {
  /** The function. */
  readonly name: string;
  /** The line it began in. */
  readonly line: number;
  /** Whether the line names the library of the function, as with `-x`. */
  readonly inLibrary: boolean;
  /** Whether another one of the family made it, which speaks for both. */
  readonly inside: boolean;
}

/** Threads that are inside a call at a time. */
const MOST_THREADS = 65_536;

/** Functions that call none of the family. */
const LEAVES = ["malloc", "free", "os_free"];

/**
 * The calls of an ltrace recording between their beginnings and their returns.
 * Every thread has its own, and in a thread the call begun last returns first.
 * ltrace loses some beginnings and returns when threads run at the same time.
 */
export class NestedCalls {
  readonly #threads = new Map<string, NestedCall[]>();
  readonly #onLost: () => void;

  readonly #most: number;

  /**
   * @param onLost Called for each allocation whose beginning or return is missing.
   * @param most The threads that are followed at a time.
   */
  constructor(onLost: () => void, most = MOST_THREADS) {
    this.#onLost = onLost;
    this.#most = most;
  }

  /** A call begins: the call, with whether it is inside another. */
  open(thread: string, call: Omit<NestedCall, "inside">): NestedCall {
    const calls = this.#callsOf(thread);
    const returned = calls.findIndex((caller) => !mayCall(caller, call));
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
    const call = calls.pop();
    if (calls.length === 0) this.#threads.delete(thread);
    return call;
  }

  /** The recording ends: what did not return is lost. */
  end(): void {
    this.#threads.forEach((calls) => this.#lose(calls));
  }

  /** The thread that was followed first makes room for a new one. */
  #callsOf(thread: string): NestedCall[] {
    const calls = this.#threads.get(thread);
    if (calls) return calls;
    if (this.#threads.size === this.#most) {
      const [oldest = "", lost = []] = this.#threads.entries().next().value ??
        [];
      this.#threads.delete(oldest);
      this.#lose(lost);
    }
    const begun: NestedCall[] = [];
    this.#threads.set(thread, begun);
    return begun;
  }

  #lose(calls: readonly NestedCall[]): void {
    for (const { inside, kind } of calls) {
      if (!inside && kind !== CallKind.free) this.#onLost();
    }
  }
}

/** A program's call of a function shows again as a call inside its library. */
function mayCall(
  caller: NestedCall,
  call: Omit<NestedCall, "inside">,
): boolean {
  if (caller.name === call.name) return call.inLibrary && !caller.inLibrary;
  return !LEAVES.includes(caller.name);
}
