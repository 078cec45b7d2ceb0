import type { Need } from "./permissions.ts";
import { type CommandOptions, type Finished, ROOT } from "./command.ts";

/**
 * What it takes to run the command line in this process: to read traces. A test that
 * writes files, or has the command line start processes, needs that besides.
 */
export const TO_RUN_MAIN: readonly Need[] = [
  { name: "read" },
];

/**
 * Runs the command line in this process, in the repository's folder, without a
 * terminal and with the permissions of the test. Commands run one at a time: the
 * standard streams of the process are exchanged meanwhile.
 *
 * Most tests of the command line call this. `osmem()` of `command.ts` starts a process,
 * which takes many times as long, for what only a process has:
 *
 * - `exec` and `trace`, which end the process with the program in C that they run;
 * - signals, terminals, pipes that nobody reads, and devices that are full;
 * - fewer permissions than the test has, or another environment.
 *
 * @param args What is given after the program's name.
 * @param options What is to be read from standard input; nothing by default.
 */
export async function runMain(
  args: readonly string[],
  { stdin = "" }: Pick<CommandOptions, "stdin"> = {},
): Promise<Finished> {
  Deno.chdir(ROOT); // never another folder, so no test that runs meanwhile minds
  const { main } = await import("../../lab/cli.ts"); // no use where tests are ignored
  using streams = new StandardStreams(stdin);
  const code = await main(args);
  const { output, errors } = streams;
  return { code, signal: null, stdout: output.text, stderr: errors.text };
}

/** Takes the place of the standard streams until it is disposed of. */
class StandardStreams implements Disposable {
  readonly output = new WrittenText();
  readonly errors = new WrittenText();
  readonly #replaced = new DisposableStack();
  static #areReplaced = false;

  constructor(stdin: string | Uint8Array<ArrayBuffer>) {
    if (StandardStreams.#areReplaced) throw new Error("runMain() is running");
    StandardStreams.#areReplaced = true;
    this.#replaced.defer(() => StandardStreams.#areReplaced = false);
    const { output, errors } = this;
    this.#replace(Deno, "stdin", { readable: new Blob([stdin]).stream() });
    this.#replace(Deno, "stdout", output);
    this.#replace(Deno, "stderr", errors);
    this.#replace(console, "log", (text: string) => output.add(`${text}\n`));
    this.#replace(console, "error", (text: string) => errors.add(`${text}\n`));
  }

  [Symbol.dispose](): void {
    this.#replaced.dispose();
  }

  #replace(object: object, name: string, value: unknown): void {
    const own = Object.getOwnPropertyDescriptor(object, name)!;
    Object.defineProperty(object, name, { ...own, value });
    this.#replaced.defer(() => Object.defineProperty(object, name, own));
  }
}

/** A standard stream that keeps what is written to it. */
class WrittenText {
  readonly #decoder = new TextDecoder();
  text = "";
  readonly writable = new WritableStream<Uint8Array>({
    write: (bytes) => void this.writeSync(bytes),
  });

  add(text: string): void {
    this.text += text;
  }

  writeSync(bytes: Uint8Array): number {
    this.add(this.#decoder.decode(bytes, { stream: true }));
    return bytes.length;
  }

  isTerminal(): boolean {
    return false;
  }
}
