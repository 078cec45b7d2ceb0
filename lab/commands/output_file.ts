import { Gzip } from "fflate";
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

/**
 * The same as {@linkcode writeFile}, finished on return: for a process that is about
 * to end, where nothing can be awaited, and neither signals nor random numbers can be
 * had any more.
 *
 * @param name The file; it is replaced if it is there.
 * @param chunks What it is to contain, in parts.
 * @throws {OutputError} If it cannot be written. What was there before is intact.
 */
export function writeFileNow(name: string, chunks: Iterable<string>): void {
  try {
    const target = follow(name);
    const isCompressed = name.endsWith(".gz");
    if (isReplaced(target)) replaceNow(target, chunks, isCompressed);
    else writeIntoNow(target.path, chunks, isCompressed);
  } catch (error) {
    throw new OutputError(name, error);
  }
}

/** Writes a file beside the target, and then puts it in its place. */
function replaceNow(
  { path, found }: Target,
  chunks: Iterable<string>,
  isCompressed: boolean,
): void {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const unfinished = `${folder}.${Deno.pid}.unfinished`;
  Deno.openSync(unfinished, { write: true, createNew: true }).close();
  try {
    writeIntoNow(unfinished, chunks, isCompressed);
    const mode = found?.mode ?? null;
    if (mode !== null) Deno.chmodSync(unfinished, mode & MODE_BITS);
    Deno.renameSync(unfinished, path);
  } catch (error) {
    Deno.removeSync(unfinished);
    throw error;
  }
}

function writeIntoNow(
  path: string,
  chunks: Iterable<string>,
  isCompressed: boolean,
): void {
  using file = Deno.openSync(path, { write: true });
  const encoder = new TextEncoder();
  const write = (bytes: Uint8Array) => writeAllNow(file, bytes);
  const gzip = new Gzip(write);
  for (const chunk of chunks) {
    const bytes = encoder.encode(chunk);
    if (isCompressed) gzip.push(bytes);
    else write(bytes);
  }
  if (isCompressed) gzip.push(new Uint8Array(), true);
}

function writeAllNow(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length;) {
    from += file.writeSync(bytes.subarray(from));
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
  const target = follow(name);
  if (!isReplaced(target)) return await writeInto(target.path, bytes);
  const mode = target.found?.mode ?? null;
  using unfinished = new UnfinishedFile(
    target.path,
    mode === null ? null : mode & MODE_BITS,
  );
  await writeInto(unfinished.path, bytes);
  await unfinished.finish();
}

/** Whether a whole file takes the place of what is there. */
function isReplaced({ found }: Target): boolean {
  return !found || found.isFile;
}

async function writeInto(path: string, bytes: Bytes): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await bytes.pipeTo(file.writable);
}

/** Follows links, also to where there is nothing yet. */
function follow(name: string): Target {
  let path = name;
  for (let links = 0; links <= MOST_LINKS; links++) {
    const found = lookAt(path);
    if (!found?.isSymlink) return { path, found };
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    const link = Deno.readLinkSync(path);
    path = link.startsWith("/") ? link : `${folder}${link}`;
  }
  throw new Error(`it leads through more than ${MOST_LINKS} links`);
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
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
