import { C_LIBRARY } from "./c_library.ts";

const SYMBOLS = {
  sigaction: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const SIGNALS = [1, 2, 15]; // SIGHUP, SIGINT and SIGTERM, listened to while it is compiled

/** More than `struct sigaction` has. */
const ACTION_BYTES = 256;

/**
 * What signals do to this process, restored when it is disposed of: deno keeps a signal
 * to itself once it has been listened to, and a program would inherit that.
 */
export class SignalActions implements Disposable {
  readonly #c = Deno.dlopen(C_LIBRARY, SYMBOLS).symbols;
  readonly #actions = SIGNALS.map((signal) => {
    const action = new Uint8Array(ACTION_BYTES);
    this.#c.sigaction(signal, null, action);
    return [signal, action] as const;
  });

  /** Restores them. */
  [Symbol.dispose](): void {
    for (const [signal, action] of this.#actions) {
      this.#c.sigaction(signal, action, null);
    }
  }
}
