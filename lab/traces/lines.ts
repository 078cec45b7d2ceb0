import { formatBytes, formatCount } from "../words.ts";
import { LONGEST_LINE, LONGEST_TEXT, MAX_INPUT } from "./limits.ts";
import { TraceError } from "./trace_error.ts";

/** Bytes that are decoded at a time, so that a batch has at most as many lines. */
const PIECE = 2 ** 16;

/** The code of `\n`. */
const NEWLINE = 10;

/** Lines that {@linkcode GatheredText} joins at a time. */
const JOINED = 4096;

/**
 * Lets bytes pass in pieces of some KiB, until there are too many.
 *
 * @param most The number of bytes that may pass; Infinity for any.
 * @param tooMany Makes the error that ends the stream.
 */
export function limitBytes(
  most: number,
  tooMany: () => Error,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let passed = 0;
  return new TransformStream({
    transform(bytes, controller) {
      passed += bytes.length;
      if (passed > most) throw tooMany();
      for (let from = 0; from < bytes.length; from += PIECE) {
        controller.enqueue(bytes.subarray(from, from + PIECE));
      }
    },
  });
}

/**
 * Why an input is refused that is longer than its limit.
 *
 * @param most The limit.
 */
export function longerThan(most: number): string {
  return `it is longer than ${formatBytes(most)} (${
    formatCount(most)
  } bytes, ` +
    "counted after decompression); give a shorter recording, or raise the limit " +
    "(--max-input on the command line, maxInput in TypeScript)";
}

/**
 * All bytes of a stream.
 *
 * @param stream The stream.
 * @param file Its name, for messages.
 * @param most The bytes that it may have.
 * @throws {TraceError} If there are more.
 */
export async function readWhole(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  file: string,
  most = MAX_INPUT,
): Promise<Uint8Array<ArrayBuffer>> {
  const limited = stream.pipeThrough(
    limitBytes(most, () => new TraceError({ file }, longerThan(most))),
  );
  return new Uint8Array(await new Response(limited).arrayBuffer());
}

/**
 * Cuts a stream of text into lines. Each batch holds the lines that one piece
 * of the stream completed, so that a long trace costs one step per piece and
 * not one per line; and a line that is longer than a piece is put together once.
 *
 * @param stream UTF-8 text; lines end in `\n` or `\r\n`.
 * @param file Its name, for messages.
 * @param longest The characters that a line may have. A JSON document is read whole, and
 * its lines may be as long as a text.
 * @throws {TraceError} If a line is longer.
 */
export async function* lineBatches(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  file: string,
  longest = LONGEST_LINE,
): AsyncGenerator<string[]> {
  const begun = new BegunLine(file, longest);
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const end = text.indexOf("\n");
    begun.add(end === -1 ? text : text.slice(0, end));
    if (end === -1) continue;
    const lines = [withoutReturn(begun.end())];
    const rest = cutLines(text, end + 1, lines);
    yield lines;
    begun.follow(lines, rest);
  }
  const last = begun.end();
  if (last !== "") yield [withoutReturn(last)];
}

/** Adds the complete lines of a text, and returns what stands behind them. */
function cutLines(text: string, from: number, lines: string[]): string {
  for (;;) {
    while (text.charCodeAt(from) === NEWLINE) { // far faster than a search for each
      lines.push("");
      from++;
    }
    const end = text.indexOf("\n", from);
    if (end === -1) return text.slice(from);
    lines.push(withoutReturn(text.slice(from, end)));
    from = end + 1;
  }
}

/** The pieces of a line whose end is not there yet. */
class BegunLine {
  readonly #file: string;
  readonly #longest: number;
  #pieces: string[] = [];
  #length = 0;
  #line = 1;
  #isFirst = true;

  constructor(file: string, longest: number) {
    this.#file = file;
    this.#longest = longest;
  }

  /** Adds a piece. */
  add(piece: string): void {
    if (piece === "") return;
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length <= this.#longest) return;
    const isJson = this.#isFirst && beginsDocument(this.#pieces[0]!);
    const most = isJson ? LONGEST_TEXT : this.#longest;
    if (this.#length > most) this.#fail(most);
  }

  /** The whole line; another one begins. */
  end(): string {
    const line = this.#pieces.length === 1
      ? this.#pieces[0]!
      : this.#pieces.join("");
    this.#pieces = [];
    this.#length = 0;
    return line;
  }

  /** Begins with what stands behind other lines. */
  follow(lines: readonly string[], rest: string): void {
    this.#line += lines.length;
    if (this.#isFirst) this.#isFirst = lines.every(isEmptyOrComment);
    this.add(rest);
  }

  #fail(most: number): never {
    throw new TraceError(
      { file: this.#file, line: this.#line },
      `the line is longer than ${formatCount(most)} characters; give a trace ` +
        "with shorter lines",
    );
  }
}

/** Whether a line may stand before a trace. */
export function isEmptyOrComment(line: string): boolean {
  return line === "" || /^\s*(#|$)/.test(line);
}

/** Whether a line begins a JSON document. */
export function beginsDocument(line: string): boolean {
  return /^\s*\{/.test(line);
}

/**
 * The lines of a document that is read as one text. They are joined while they are
 * gathered, so that many short lines take no more room than the text.
 */
export class GatheredText {
  readonly #file: string;
  readonly #longest: number;
  readonly #joined: string[] = [];
  #lines: string[] = [];
  #length = 0;

  /**
   * @param file The document's name, for messages.
   * @param longest The characters that it may have.
   */
  constructor(file: string, longest = LONGEST_TEXT) {
    this.#file = file;
    this.#longest = longest;
  }

  /**
   * Adds a line.
   *
   * @throws {TraceError} If the text is longer than a text can be.
   */
  add(line: string): void {
    this.#lines.push(line);
    this.#length += line.length + 1;
    if (this.#length - 1 > this.#longest) {
      throw new TraceError(
        { file: this.#file },
        `it is longer than a text can be, ${formatBytes(this.#longest)}; ` +
          "give a recording instead",
      );
    }
    if (this.#lines.length === JOINED) this.#join();
  }

  /** All lines as one text. */
  text(): string {
    this.#join();
    return this.#joined.join("\n");
  }

  #join(): void {
    if (this.#lines.length > 0) this.#joined.push(this.#lines.join("\n"));
    this.#lines = [];
  }
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
