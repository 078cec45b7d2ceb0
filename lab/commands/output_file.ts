import { OutputError } from "./terminal.ts";
import { UnfinishedFile } from "./unfinished_file.ts";

/** What deno opens only with every permission, though it is open already. */
const STANDARD_OUTPUT = "/dev/stdout";

const MOST_LINKS = 40; // as many as Linux follows
const MODE_BITS = 0o7777;

/** The bytes of a file. */
type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** What a name leads to, and what is there. */
interface Target {
  readonly path: string;
  readonly found: Deno.FileInfo | undefined;
}

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
  const { path, found } = await follow(name);
  if (found && !found.isFile) return await writeInto(path, bytes);
  const mode = found?.mode ?? null;
  using unfinished = new UnfinishedFile(
    path,
    mode === null ? null : mode & MODE_BITS,
  );
  await writeInto(unfinished.path, bytes);
  await unfinished.finish();
}

async function writeInto(path: string, bytes: Bytes): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await bytes.pipeTo(file.writable);
}

/** Follows links, also to where there is nothing yet. */
async function follow(name: string): Promise<Target> {
  let path = name;
  for (let links = 0; links <= MOST_LINKS; links++) {
    const found = await lookAt(path);
    if (!found?.isSymlink) return { path, found };
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    const link = await Deno.readLink(path);
    path = link.startsWith("/") ? link : `${folder}${link}`;
  }
  throw new Error(`it leads through more than ${MOST_LINKS} links`);
}

async function lookAt(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
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
