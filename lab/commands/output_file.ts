import { beforeEndingSignal } from "./ending_signals.ts";
import { followLinks, isReplaced } from "./output_target.ts";
import { OutputError } from "./terminal.ts";
import { UnfinishedFile } from "./unfinished_file.ts";

/** What deno opens only with every permission, though it is open already. */
const STANDARD_OUTPUT = "/dev/stdout";

/** The bytes of a file. */
type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/**
 * Writes a file whole or not at all: it is written beside its place first. Links
 * are followed, and the file that is replaced keeps its mode. What is no file,
 * but a pipe or a device, is written to as it is. A name that ends in `.gz` is
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
