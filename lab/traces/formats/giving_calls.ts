import { formatNumberOf } from "../../words.ts";
import type { TraceBuilder } from "../trace_builder.ts";
import { givingOf } from "./ltrace_functions.ts";

/** Threads whose calls are followed between their two lines. */
const MOST_BEGUN = 65_536;

/**
 * The calls of functions such as `strdup` in an ltrace recording, which give memory that
 * the program frees. Where the recording shows what malloc they call, that counts, and
 * otherwise they are counted by name.
 */
export class GivingCalls {
  readonly #builder: TraceBuilder;
  readonly #counts = new Map<string, number>();
  /** Calls of malloc's family before each call that has begun, by thread and name. */
  readonly #begun = new Map<string, number>();

  /** @param builder Receives the blocks that are given. */
  constructor(builder: TraceBuilder) {
    this.#builder = builder;
  }

  /** A function begins, and other lines come before it returns. */
  begin(thread: string, name: string): void {
    if (givingOf(name) === undefined) return;
    if (this.#begun.size === MOST_BEGUN) this.#begun.clear();
    this.#begun.set(`${thread} ${name}`, this.#builder.length);
  }

  /** A function returns. */
  end(thread: string, name: string, result: number, line: number): void {
    const giving = givingOf(name);
    if (giving === undefined) return;
    const key = `${thread} ${name}`;
    const before = this.#begun.get(key) ?? this.#builder.length;
    this.#begun.delete(key);
    if (before !== this.#builder.length) return;
    if (giving === "pointer") this.#count(name);
    else if (result !== 0 && !this.#builder.isLive(result)) {
      this.#builder.handOut(result, line);
      this.#count(name);
    }
  }

  /** Says how often which function was called. */
  describe(): void {
    if (this.#counts.size === 0) return;
    const names = [...this.#counts].map(([name, count]) =>
      `${name} (${formatNumberOf(count, "call")})`
    );
    this.#builder.remark(
      "left out what these functions gave, since the recording does not show the " +
        `malloc that they call: ${
          names.join(", ")
        }; ltrace -x malloc+free shows it`,
    );
  }

  #count(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }
}
