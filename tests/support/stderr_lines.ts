/**
 * The lines that JavaScript writes to standard error until this is disposed of. They
 * are not shown.
 */
export class StderrLines implements Disposable {
  readonly #writeSync = Deno.stderr.writeSync;
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor() {
    Deno.stderr.writeSync = (bytes) => {
      this.#text += this.#decoder.decode(bytes);
      return bytes.length;
    };
  }

  /** The lines so far. */
  get lines(): readonly string[] {
    return this.#text.split("\n").slice(0, -1);
  }

  [Symbol.dispose](): void {
    Deno.stderr.writeSync = this.#writeSync;
  }
}
