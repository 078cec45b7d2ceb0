/** Room for a number of tasks at a time; others wait for their turn. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param count How many tasks at a time. */
  constructor(count: number) {
    this.#free = count;
  }

  /** Carries out a task as soon as there is room for it. */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((begin) => this.#waiting.push(begin));
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  /** The one that waits longest takes the place. */
  #leave(): void {
    const begin = this.#waiting.shift();
    if (begin) begin();
    else this.#free++;
  }
}
