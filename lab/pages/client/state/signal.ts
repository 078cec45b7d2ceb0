/** A value that others follow. */
export class Signal<Value> {
  #value: Value;
  readonly #listeners: (() => void)[] = [];

  /** @param value What it is at first. */
  constructor(value: Value) {
    this.#value = value;
  }

  /** What it is now. */
  get value(): Value {
    return this.#value;
  }

  /** Changes it, and tells the followers if it is another value. */
  set(value: Value): void {
    if (value === this.#value) return;
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` at every change from now on. */
  follow(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
