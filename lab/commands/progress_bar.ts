// @ts-types="./cli_progress.d.ts"
import { Presets, SingleBar } from "cli-progress";

const PATIENCE = 500; // milliseconds before work counts as long

/**
 * A progress bar on standard error for work that takes longer than a moment.
 * Nothing is printed where standard error is not a terminal.
 */
export class ProgressBar implements Disposable {
  readonly #total: number;
  readonly #label: string;
  readonly #enabled: boolean;
  readonly #begin = performance.now();
  #done = 0;
  #bar: SingleBar | undefined;

  /**
   * @param label The work, as in `Replaying`.
   * @param total The amount of work, in any unit.
   * @param enabled Whether it may be shown.
   */
  constructor(
    label: string,
    total: number,
    enabled = Deno.stderr.isTerminal(),
  ) {
    this.#label = label;
    this.#total = total;
    this.#enabled = enabled;
  }

  /** More was done. */
  add(amount: number): void {
    this.#done = Math.min(this.#total, this.#done + amount);
    if (this.#enabled && performance.now() - this.#begin > PATIENCE) {
      this.#bar ??= this.#show();
      this.#bar.update(this.#done);
    }
  }

  /** Takes the bar away. */
  [Symbol.dispose](): void {
    this.#bar?.stop();
  }

  #show(): SingleBar {
    const bar = new SingleBar({
      format: `${this.#label} {bar} {percentage}%`,
      clearOnComplete: true,
      gracefulExit: false, // Ctrl-C has to end the process at once
      linewrap: true, // leaves the terminal's settings alone
    }, Presets.shades_classic);
    bar.start(this.#total, this.#done);
    return bar;
  }
}
