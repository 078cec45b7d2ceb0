import { MalformedLineError } from "../trace_error.ts";

const SHOWN = 20; // characters of the line that a message quotes

/**
 * Reads one line of a trace from left to right and knows the column, so that an
 * error says where it is and what was expected there.
 */
export class LineCursor {
  /** Where the next character is read, counted from 0. */
  position = 0;
  /** The number of the line in its file, counted from 1. */
  line = 0;
  readonly #file: string;
  #text = "";

  /** @param file The file's name, for messages. */
  constructor(file: string) {
    this.#file = file;
  }

  /** Starts on a line. */
  open(text: string, line: number): void {
    this.#text = text;
    this.line = line;
    this.position = 0;
  }

  /** Whether the whole line was read. */
  get atEnd(): boolean {
    return this.position === this.#text.length;
  }

  /** What was not read yet. */
  get rest(): string {
    return this.#text.slice(this.position);
  }

  /** Whether `literal` comes next. */
  lookingAt(literal: string): boolean {
    return this.#text.startsWith(literal, this.position);
  }

  /** Whether a digit comes next. */
  get lookingAtDigit(): boolean {
    return isDigit(this.#text.charCodeAt(this.position));
  }

  /** Reads `literal` if it comes next, and says whether it did. */
  skip(literal: string): boolean {
    if (!this.lookingAt(literal)) return false;
    this.position += literal.length;
    return true;
  }

  /**
   * Reads what a pattern matches here, if it does.
   *
   * @param pattern A sticky pattern (`/…/y`).
   */
  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.#text);
    if (match) this.position = pattern.lastIndex;
    return match;
  }

  /** Reads blanks. */
  skipBlanks(): void {
    while (this.lookingAt(" ") || this.lookingAt("\t")) this.position++;
  }

  /** Reads `literal`, which must come next. */
  expect(literal: string): void {
    if (!this.skip(literal)) this.fail(`"${literal}"`);
  }

  /** Reads a C identifier, which may be empty. */
  word(): string {
    const start = this.position;
    while (isWordCharacter(this.#text.charCodeAt(this.position))) {
      this.position++;
    }
    return this.#text.slice(start, this.position);
  }

  /**
   * Reads a decimal integer without a sign; one above 2^53 comes out rounded.
   *
   * @param meaning What it is, for the message when there is none.
   */
  integer(meaning: string): number {
    const start = this.position;
    let value = 0;
    for (;;) {
      const code = this.#text.charCodeAt(this.position);
      if (!isDigit(code)) break;
      value = value * 10 + (code - 0x30);
      this.position++;
    }
    if (this.position === start) this.fail(meaning);
    return value;
  }

  /**
   * Reads a hexadecimal integer that begins with `0x`.
   *
   * @param meaning What it is, for the message when there is none.
   */
  hexadecimal(meaning: string): number {
    const start = this.position;
    if (!this.skip("0x")) this.fail(meaning);
    if (!this.#lookingAtHexadecimalDigit) this.fail(meaning, start);
    return this.hexadecimalDigits(meaning);
  }

  /**
   * Reads a hexadecimal integer without `0x`; one above 2^53 comes out rounded.
   *
   * @param meaning What it is, for the message when there is none.
   */
  hexadecimalDigits(meaning: string): number {
    if (!this.#lookingAtHexadecimalDigit) this.fail(meaning);
    let value = 0;
    for (;;) {
      const digit = hexadecimalDigit(this.#text.charCodeAt(this.position));
      if (digit === -1) break;
      value = value * 16 + digit;
      this.position++;
    }
    return value;
  }

  /** Refuses the line unless all of it was read. */
  expectEnd(): void {
    if (!this.atEnd) this.fail("the end of the line");
  }

  get #lookingAtHexadecimalDigit(): boolean {
    return hexadecimalDigit(this.#text.charCodeAt(this.position)) !== -1;
  }

  /**
   * Refuses the line.
   *
   * @param expected What should stand there.
   * @param position Where, counted from 0.
   * @throws {MalformedLineError} Always.
   */
  fail(expected: string, position = this.position): never {
    const rest = this.#text.slice(position, position + SHOWN);
    const found = rest === "" ? "the end of the line" : JSON.stringify(rest);
    throw new MalformedLineError(
      { file: this.#file, line: this.line, column: position + 1 },
      `expected ${expected}, found ${found}`,
    );
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isWordCharacter(code: number): boolean {
  return isDigit(code) || code === 0x5f ||
    (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

/** The digit's value, or -1. */
function hexadecimalDigit(code: number): number {
  if (isDigit(code)) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
