import { blue, bold, cyan, green, magenta, red, yellow } from "@std/fmt/colors";

type Paint = (text: string) => string;

/** The colours of what is printed, by what they stand for. */
export interface Palette {
  /** Headings. */
  readonly heading: Paint;
  /** The best of several values. */
  readonly best: Paint;
  /** Headers, where they are seen. */
  readonly header: Paint;
  /** Memory that is in use as a whole. */
  readonly used: Paint;
  /** Memory that is in use in part. */
  readonly partlyUsed: Paint;
  /** Free memory. */
  readonly free: Paint;
  /** Mappings; neighbours take turns, so that they can be told apart. */
  readonly mapping: readonly [Paint, Paint];
  /** Memory that belongs to others. */
  readonly gap: Paint;
  /** What points at a block. */
  readonly marked: Paint;
}

const plain: Paint = (text) => text;

/** For a terminal. */
export const COLOURS: Palette = {
  heading: bold,
  best: (text) => bold(green(text)),
  header: magenta,
  used: green,
  partlyUsed: yellow,
  free: plain,
  mapping: [cyan, blue],
  gap: red,
  marked: bold,
};

/** For everything else. */
export const PLAIN: Palette = {
  heading: plain,
  best: plain,
  header: plain,
  used: plain,
  partlyUsed: plain,
  free: plain,
  mapping: [plain, plain],
  gap: plain,
  marked: plain,
};
