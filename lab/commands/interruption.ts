/** Thrown when a command was interrupted, after it has shown what it did until then. */
export class InterruptedError extends Error {
  /** `"InterruptedError"`. */
  override readonly name = "InterruptedError";
}

/**
 * Lets Ctrl-C stop a command between two steps, so that it can still show what it
 * did. A second Ctrl-C ends the process at once.
 */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #stop = () => {
    this.#controller.abort();
    Deno.removeSignalListener("SIGINT", this.#stop);
  };

  constructor() {
    Deno.addSignalListener("SIGINT", this.#stop);
  }

  /** Aborted once the command is to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Gives Ctrl-C back to the system. */
  [Symbol.dispose](): void {
    Deno.removeSignalListener("SIGINT", this.#stop);
  }
}
