// The types of those parts of cli-progress that this repository uses. The
// published ones would bring all of Node.js's types with them.

/** How a bar looks and behaves. */
export interface Options {
  /** The line, with `{bar}` and `{percentage}` in it. */
  format: string;
  /** Whether the line is removed at the end. */
  clearOnComplete: boolean;
  /** Whether signals are caught. */
  gracefulExit: boolean;
  /** Whether the terminal goes on wrapping lines. */
  linewrap: boolean;
}

/** Characters that a bar is made of. */
export interface Preset {
  barCompleteChar: string;
  barIncompleteChar: string;
}

/** A bar on standard error. */
export declare class SingleBar {
  constructor(options: Options, preset: Preset);
  start(total: number, startValue: number): void;
  update(value: number): void;
  stop(): void;
}

/** The sets of characters that come with the library. */
export declare const Presets: { shades_classic: Preset };
