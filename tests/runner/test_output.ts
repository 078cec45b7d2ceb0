import { stripAnsiCode } from "@std/fmt/colors";
import { readReport, type TestCounts } from "./test_counts.ts";

/** Lines of `deno test` that belong together: those of a file, or those between files. */
interface Section {
  /** The file whose tests they are of. */
  readonly file?: string;
  readonly tests: number;
  readonly begin: number;
  readonly lines: string[];
}

/** Begins what a file prints while it is loaded, before the line that names it. */
const LOADING = "------- pre-test output -------";

/** Begins the list of all errors. */
const ERRORS = "ERRORS";

/** A test that was left out, and why; `tests/support/permissions.ts` names it so. */
const LEFT_OUT = /\[left out: (.*)\] \.\.\. ignored/;

/** Told of a test that failed, or of a file that could not be run. */
const FAILED = /\.\.\. FAILED|^Uncaught error from /;

/**
 * Reads what `deno test` prints, line by line, and prints it shorter: a file whose tests
 * passed as one line, with the reasons of tests that were left out, whatever else there
 * is as it is. The report at the end is kept and
 * not printed.
 */
export class TestOutput {
  readonly #print: (text: string) => void;
  #section = newSection();
  #counts: TestCounts | undefined;
  /** What is printed next, unless more examples of this file follow. */
  #passed: PassedFile | undefined;

  /** @param print Prints lines. */
  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  /** The counts of the report; none where the process did not come to its end. */
  get counts(): TestCounts | undefined {
    return this.#counts;
  }

  /** Takes the next line. */
  add(line: string): void {
    const plain = stripAnsiCode(line).trim();
    const running = /^running (\d+) tests? from (.*)$/.exec(plain);
    this.#counts = readReport(plain) ?? this.#counts;
    if (running) this.#beginFile(Number(running[1]), running[2]!);
    else if (plain === LOADING || plain === ERRORS) this.#endSection();
    if (!readReport(plain)) this.#section.lines.push(line);
  }

  /** There are no more lines. */
  end(): void {
    this.#endSection({ isWhole: this.#counts !== undefined });
    this.#printPassed();
  }

  #beginFile(tests: number, file: string): void {
    const { file: before, lines: [first = ""] } = this.#section;
    const isLoading = before === undefined && stripAnsiCode(first) === LOADING;
    if (!isLoading) this.#endSection();
    this.#section = {
      ...this.#section,
      file: file.replace(/^\.\//, "").replace(/#.*/, ""),
      tests,
    };
  }

  /** @param options Whether all lines of the section are there. */
  #endSection({ isWhole = true } = {}): void {
    const section = this.#section;
    this.#section = newSection();
    const isFailed = section.lines.some((line) =>
      FAILED.test(stripAnsiCode(line))
    );
    if (section.file !== undefined && isWhole && !isFailed) {
      return this.#addPassed(section.file, section);
    }
    const text = section.lines.join("\n").trim();
    if (text === "") return;
    this.#printPassed();
    this.#print(`${text}\n`);
  }

  /** Examples of one file are sections of their own, one after the other. */
  #addPassed(file: string, { tests, begin, lines }: Section): void {
    if (this.#passed?.file !== file) this.#printPassed();
    this.#passed ??= { file, tests: 0, milliseconds: 0, reasons: [] };
    this.#passed.tests += tests;
    this.#passed.milliseconds += performance.now() - begin;
    for (const line of lines) {
      const reason = LEFT_OUT.exec(stripAnsiCode(line))?.[1];
      if (reason !== undefined) this.#passed.reasons.push(reason);
    }
  }

  #printPassed(): void {
    if (this.#passed === undefined) return;
    const { file, tests, milliseconds, reasons } = this.#passed;
    this.#passed = undefined;
    if (tests === 0) return; // they were all filtered out
    const seconds = (milliseconds / 1000).toFixed(1);
    const count = tests === 1 ? "1 test" : `${tests} tests`;
    this.#print(`${file} ... ok (${count}${leftOut(reasons)}, ${seconds}s)`);
  }
}

/** A file whose tests passed, or were left out. */
interface PassedFile {
  readonly file: string;
  tests: number;
  milliseconds: number;
  /** Why tests were left out, a reason for each. */
  readonly reasons: string[];
}

function leftOut(reasons: readonly string[]): string {
  if (reasons.length === 0) return "";
  const different = [...new Set(reasons)].join("; ");
  return `, ${reasons.length} of them left out: ${different}`;
}

function newSection(): Section {
  return { tests: 0, begin: performance.now(), lines: [] };
}
