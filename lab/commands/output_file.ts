import { OutputError } from "./terminal.ts";
import { followLinks, isReplaced, UnfinishedFile } from "./unfinished_file.ts";

/** What deno opens only with every permission, though it is open already. */
const STANDARD_OUTPUT = "/dev/stdout";

/** The bytes of a file. */
type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/**
 * Writes a file whole or not at all: first to a temporary file next to it. Links are
 * followed, and the file that is replaced keeps its mode. A pipe or a device is
 * written to directly. A name that ends in `.gz` is
 * compressed.
 *
 * @param name The file; it is replaced if it is there.
 * @param chunks What it is to contain, in parts.
 * @returns How many bytes were written.
 * @throws {OutputError} If it cannot be written. What was there before is intact.
 */
export async function writeFile(
  name: string,
  chunks: Iterable<string>,
): Promise<number> {
  try {
    const counter = new ByteCounter();
    const bytes = encode(chunks, name.endsWith(".gz")).pipeThrough(counter);
    await writeBytes(name, bytes);
    return counter.bytes;
  } catch (error) {
    throw new OutputError(name, error);
  }
}

function encode(chunks: Iterable<string>, isCompressed: boolean): Bytes {
  const bytes = ReadableStream.from(chunks)
    .pipeThrough(new TextEncoderStream());
  return isCompressed
    ? bytes.pipeThrough(new CompressionStream("gzip"))
    : bytes;
}

async function writeBytes(name: string, bytes: Bytes): Promise<void> {
  if (name === STANDARD_OUTPUT) {
    return await bytes.pipeTo(Deno.stdout.writable, { preventClose: true });
  }
  const target = followLinks(name);
  if (!isReplaced(target)) return await writeInto(target.path, bytes);
  using unfinished = new UnfinishedFile(target);
  using _ending = beforeEndingSignal(() => unfinished[Symbol.dispose]());
  await writeInto(unfinished.path, bytes);
  unfinished.finish();
}

async function writeInto(path: string, bytes: Bytes): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await bytes.pipeTo(file.writable);
}

/** Lets bytes pass, and counts them. */
class ByteCounter
  extends TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  /** Bytes that passed. */
  bytes = 0;

  constructor() {
    super({
      transform: (bytes, controller) => {
        this.bytes += bytes.length;
        controller.enqueue(bytes);
      },
    });
  }
}

/** Exit statuses of what a signal ended, as shells give them. */
const ENDED_BY = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type EndingSignal = keyof typeof ENDED_BY;

/**
 * Runs an action when a signal ends the process, such as that of Ctrl-C, just before the
 * process ends.
 *
 * @param action What to do, without awaiting anything.
 * @returns Disposing of it removes the action.
 */
export function beforeEndingSignal(action: () => void): Disposable {
  const listeners = (Object.keys(ENDED_BY) as EndingSignal[]).map((signal) => {
    const end = () => {
      action();
      Deno.exit(ENDED_BY[signal]);
    };
    Deno.addSignalListener(signal, end);
    return () => Deno.removeSignalListener(signal, end);
  });
  return {
    [Symbol.dispose]: () => listeners.forEach((remove) => remove()),
  };
}
