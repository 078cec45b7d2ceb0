import { printParseErrorCode, visit } from "jsonc-parser";
import { beginsDocument, GatheredText } from "../lines.ts";
import type { TraceBuilder } from "../trace_builder.ts";
import { TraceError } from "../trace_error.ts";
import { type JsonValue, OsmemJsonCall } from "./osmem_json_call.ts";
import type { LineParser, TraceFormat } from "./trace_format.ts";

/** The value of `"format"`. */
export const JSON_FORMAT = "osmem trace";
/** The value of `"version"`. */
export const JSON_VERSION = 1;

/** The value of `"format"` in a run. */
export const RUN_FORMAT = "osmem run" as const;

/** Whether a JSON document is a run, wherever in the document that stands. */
export function isRunJson(text: string): boolean {
  return SAYS_RUN.test(text);
}

const SAYS_RUN = new RegExp(`"format"\\s*:\\s*"${RUN_FORMAT}"`);

/**
 * osmem's own traces. They keep all that a {@linkcode Trace} holds:
 *
 * ```text
 *   {
 *     "format": "osmem trace",
 *     "version": 1,
 *     "calls": [
 *       ["malloc", BLOCK, SIZE],
 *       ["calloc", BLOCK, COUNT, SIZE],
 *       ["realloc", BLOCK, SIZE],          of NULL if BLOCK is not allocated
 *       ["memalign", BLOCK, SIZE],
 *       ["free", BLOCK],                   BLOCK may be null
 *       …
 *     ]
 *   }
 * ```
 *
 * A block is a number that the author chooses, and may be used again after its
 * free. To allocate one that is allocated, or to free one that is not, is an error
 * of the author's. What is cut off is no whole document, and refused.
 */
export const osmemJson: TraceFormat = {
  name: "json",
  description: "osmem's own JSON",
  afterChatter: false,
  byHand: true,
  tellsProcesses: false,
  matches: beginsDocument,
  parser: (builder, { file }) => new OsmemJsonParser(file, builder),
};

const DOCUMENT = 'an object with "format", "version" and "calls"';
const CALL = 'a call, as in ["malloc", 0, 100]';
const RUN_INSTEAD =
  "is a run that osmem run -o wrote, not a trace; leave out --format, or read " +
  "it with parseRun()";
const PROPERTIES = ["format", "version", "calls"];

/** Containers around a value. */
const Depth = { nothing: 0, document: 1, calls: 2, call: 3 } as const;

/** A JSON document is one whole: its lines are gathered, and read at the end. */
class OsmemJsonParser implements LineParser {
  readonly format = osmemJson.name;
  readonly #file: string;
  readonly #builder: TraceBuilder;
  readonly #text: GatheredText;
  readonly #seen = new Set<string>();
  #firstLine = 0;
  #depth: number = Depth.nothing;
  #property = "";
  #calls = 0;
  #call: JsonValue[] = [];

  constructor(file: string, builder: TraceBuilder) {
    this.#file = file;
    this.#builder = builder;
    this.#text = new GatheredText(file);
  }

  read(text: string, line: number): void {
    if (this.#firstLine === 0) this.#firstLine = line;
    this.#text.add(text);
  }

  end(): void {
    const text = this.#text.text();
    if (isRunJson(text)) {
      throw new TraceError({ file: this.#file }, RUN_INSTEAD);
    }
    visit(text, {
      onObjectBegin: (_offset, _length, line, column) =>
        this.#openObject([line, column]),
      onObjectProperty: (name, _offset, _length, line, column) =>
        this.#enter(name, [line, column]),
      onObjectEnd: (_offset, _length, line, column) =>
        this.#closeObject([line, column]),
      onArrayBegin: (_offset, _length, line, column) =>
        this.#openArray([line, column]),
      onArrayEnd: (_offset, _length, line, column) =>
        this.#closeArray([line, column]),
      onLiteralValue: (value, _offset, _length, line, column) =>
        this.#literal(value, [line, column]),
      onError: (code, _offset, _length, line, column) =>
        this.#fail([line, column], `is no JSON: ${inWords(code)}`),
    }, { disallowComments: true });
  }

  #openObject(place: Position): void {
    if (this.#depth !== Depth.nothing) this.#expected(place, "an object");
    this.#depth = Depth.document;
  }

  #enter(name: string, place: Position): void {
    if (!PROPERTIES.includes(name) || this.#seen.has(name)) {
      this.#fail(
        place,
        `expected ${PROPERTIES.map((each) => `"${each}"`).join(", ")}, ` +
          `each once, found ${JSON.stringify(name)}`,
      );
    }
    this.#seen.add(name);
    this.#property = name;
  }

  #closeObject(place: Position): void {
    const missing = PROPERTIES.find((name) => !this.#seen.has(name));
    if (missing) this.#fail(place, `expected "${missing}", found the end`);
    this.#depth = Depth.nothing;
  }

  #openArray(place: Position): void {
    const isCalls = this.#depth === Depth.document &&
      this.#property === "calls";
    if (!isCalls && this.#depth !== Depth.calls) {
      this.#expected(place, "an array");
    }
    this.#depth++;
    this.#call = [];
  }

  #closeArray(place: Position): void {
    if (this.#depth === Depth.call) this.#readCall(place);
    this.#depth--;
  }

  #readCall(end: Position): void {
    const fail = (place: Position, problem: string) =>
      this.#fail(place, `calls[${this.#calls}]: ${problem}`);
    const [line] = this.#call[0]?.place ?? end;
    new OsmemJsonCall(this.#call, end, fail)
      .addTo(this.#builder, this.#firstLine + line);
    this.#calls++;
  }

  #literal(value: unknown, place: Position): void {
    if (this.#depth === Depth.call) {
      this.#call.push({ value, place });
    } else if (this.#depth === Depth.document && this.#property !== "calls") {
      const expected = this.#property === "format" ? JSON_FORMAT : JSON_VERSION;
      if (value === expected) return;
      this.#fail(
        place,
        `expected ${JSON.stringify(expected)} as "${this.#property}", ` +
          `found ${JSON.stringify(value)}`,
      );
    } else this.#expected(place, JSON.stringify(value));
  }

  #expected(place: Position, found: string): never {
    const what: Record<number, string> = {
      [Depth.nothing]: DOCUMENT,
      [Depth.calls]: `calls[${this.#calls}] to be ${CALL}`,
      [Depth.call]: `calls[${this.#calls}] to hold words and numbers`,
      [Depth.document]: this.#property === "calls"
        ? 'an array of calls as "calls"'
        : `a word or number as "${this.#property}"`,
    };
    this.#fail(place, `expected ${what[this.#depth]}, found ${found}`);
  }

  #fail([line, column]: Position, problem: string): never {
    const place = {
      file: this.#file,
      line: this.#firstLine + line,
      column: column + 1,
    };
    throw new TraceError(place, problem);
  }
}

/** `CommaExpected` as "comma expected". */
function inWords(code: number): string {
  return printParseErrorCode(code).replace(/\B[A-Z]/g, " $&").toLowerCase();
}

/** Line and column in the document, counted from 0. */
type Position = JsonValue["place"];
