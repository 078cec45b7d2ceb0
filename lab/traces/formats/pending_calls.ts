import { CallKind } from "../trace.ts";

/** A call whose result has not been read yet. */
export interface PendingCall {
  /** What it is; `undefined` for a question such as `malloc_usable_size`. */
  readonly kind: CallKind | undefined;
  /** Elements asked for. */
  readonly count: number;
  /** Bytes asked for, each element. */
  readonly size: number;
  /** The block given to `realloc`, 0 for NULL and for other calls. */
  readonly old: number;
  /** The line it stands in. */
  readonly line: number;
  /** Whether its result is printed once more on a line of its own. */
  readonly isRepeated: boolean;
  /** Whether it failed already: its result, NULL, may come or not. */
  readonly isFailed: boolean;
}

/** Calls that wait for their results at a time: one for each thread, and to spare. */
const MOST_PENDING = 65_536;

/**
 * The calls of a valgrind trace between their names and their results. A result
 * belongs to the call begun last: `realloc` calls `malloc` or `free`, and a
 * thread that is stopped inside a call prints its result when it runs again.
 */
export class PendingCalls {
  readonly #calls: PendingCall[] = [];
  readonly #most: number;
  readonly #onLost: (call: PendingCall) => void;

  /**
   * @param onLost Called for each call whose result is not to come.
   * @param most How many are kept at a time.
   */
  constructor(onLost: (call: PendingCall) => void, most = MOST_PENDING) {
    this.#onLost = onLost;
    this.#most = most;
  }

  /** How many calls wait. */
  get length(): number {
    return this.#calls.length;
  }

  /** The trace ends: what has no result is lost. */
  end(): void {
    this.#lose(this.#calls.length);
  }

  /** A call begins. */
  open(call: PendingCall): void {
    if (this.#isMadeByRealloc(call)) return;
    this.dropFailed();
    this.#calls.push(call);
    if (this.#calls.length > this.#most) this.#lose(this.#most / 2);
  }

  /** A result was read: the call it belongs to, if there is one. */
  close(result: number): PendingCall | undefined {
    if (result !== 0) this.dropFailed();
    return this.#calls.pop();
  }

  /** The call that waits and was begun last. */
  get latest(): PendingCall | undefined {
    return this.#calls.at(-1);
  }

  /** Forgets the calls that were begun last, so that this many are left. */
  truncate(length: number): void {
    if (this.#calls.length > length) this.#calls.length = length;
  }

  /** A call that failed before another one, or before a block, prints no result. */
  dropFailed(): void {
    while (this.#calls.at(-1)?.isFailed) this.#calls.pop();
  }

  /** Whether a `free` of this address is part of `realloc(address, 0)`. */
  isFreedByRealloc(address: number): boolean {
    const caller = this.#calls.at(-1);
    return caller?.kind === CallKind.realloc && caller.size === 0 &&
      caller.old === address && address !== 0;
  }

  /** The oldest calls never return. */
  #lose(count: number): void {
    for (const call of this.#calls.splice(0, count)) {
      if (!call.isFailed) this.#onLost(call);
    }
  }

  /** `realloc(0x0,SIZE)malloc(SIZE)` on one line is one call with one result. */
  #isMadeByRealloc(call: PendingCall): boolean {
    const caller = this.#calls.at(-1);
    return call.kind === CallKind.malloc &&
      caller?.kind === CallKind.realloc && caller.old === 0 &&
      caller.size === call.size && caller.line === call.line;
  }
}
