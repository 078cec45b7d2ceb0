/** Thrown when a command was interrupted, after it has printed its results so far. */
export class InterruptedError extends Error {
  /** `"InterruptedError"`. */
  override readonly name = "InterruptedError";
}

/** Signals that end a process, from a terminal or from elsewhere. */
export const ENDING_SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

/**
 * Lets Ctrl-C stop a command between two steps, so that the command can still print its
 * results so far. A second Ctrl-C ends the process at once.
 */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #signals: readonly Deno.Signal[];
  readonly #stop = () => {
    this.#controller.abort();
    this[Symbol.dispose]();
  };

  /** @param signals The signals that stop the command; that of Ctrl-C by default. */
  constructor(signals: readonly Deno.Signal[] = ["SIGINT"]) {
    this.#signals = signals;
    for (const signal of signals) Deno.addSignalListener(signal, this.#stop);
  }

  /** Aborted when the command must stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Gives the signals back to the system. */
  [Symbol.dispose](): void {
    for (const signal of this.#signals) {
      Deno.removeSignalListener(signal, this.#stop);
    }
  }
}
