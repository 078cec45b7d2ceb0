/** Thrown when a command was interrupted, after it has shown what it did until then. */
export class InterruptedError extends Error {
  /** `"InterruptedError"`. */
  override readonly name = "InterruptedError";
}

/** What ends a process that does not heed it, from a terminal or from elsewhere. */
export const ENDING_SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

/**
 * Lets Ctrl-C stop a command between two steps, so that it can still show what it
 * did. A second Ctrl-C ends the process at once.
 */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #signals: readonly Deno.Signal[];
  readonly #stop = () => {
    this.#controller.abort();
    this[Symbol.dispose]();
  };

  /** @param signals Those that stop it; just that of Ctrl-C by default. */
  constructor(signals: readonly Deno.Signal[] = ["SIGINT"]) {
    this.#signals = signals;
    for (const signal of signals) Deno.addSignalListener(signal, this.#stop);
  }

  /** Aborted once the command is to stop. */
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
