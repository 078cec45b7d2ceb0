import { closeWindow } from "./system.ts";

/**
 * The windows that somebody still looks through. They are held weakly: a window
 * without a view on it is of no use to anyone.
 */
export class WindowList {
  #windows: WeakRef<ArrayBuffer>[] = [];
  /** The length from which on it is worth looking for windows that are gone. */
  #crowded = 16;

  /** Adds a window. */
  add(window: ArrayBuffer): void {
    this.#windows.push(new WeakRef(window));
    if (this.#windows.length < this.#crowded) return;
    this.#windows = this.#windows.filter((reference) => reference.deref());
    this.#crowded = 16 + 2 * this.#windows.length;
  }

  /** Detaches every window. */
  close(): void {
    for (const reference of this.#windows) {
      const window = reference.deref();
      if (window) closeWindow(window);
    }
    this.#windows = [];
  }
}
