import { Gzip } from "fflate";
import { OutputError } from "./terminal.ts";
import { followLinks, isReplaced, UnfinishedFile } from "./unfinished_file.ts";

/**
 * Writes a file as `writeFile` does, but before it returns: for a process that is about to
 * end, where nothing can be awaited. Signals are ignored.
 *
 * @param name The file; it is replaced if it is there.
 * @param chunks What it is to contain, in parts.
 * @throws {OutputError} If it cannot be written. What was there before is intact.
 */
export function writeFileNow(name: string, chunks: Iterable<string>): void {
  try {
    const target = followLinks(name);
    const isCompressed = name.endsWith(".gz");
    if (!isReplaced(target)) {
      return writeInto(target.path, chunks, isCompressed);
    }
    using unfinished = new UnfinishedFile(target);
    writeInto(unfinished.path, chunks, isCompressed);
    unfinished.finish();
  } catch (error) {
    throw new OutputError(name, error);
  }
}

function writeInto(
  path: string,
  chunks: Iterable<string>,
  isCompressed: boolean,
): void {
  using file = Deno.openSync(path, { write: true });
  const encoder = new TextEncoder();
  const write = (bytes: Uint8Array) => writeAll(file, bytes);
  const gzip = new Gzip(write);
  for (const chunk of chunks) {
    const bytes = encoder.encode(chunk);
    if (isCompressed) gzip.push(bytes);
    else write(bytes);
  }
  if (isCompressed) gzip.push(new Uint8Array(), true);
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length;) {
    from += file.writeSync(bytes.subarray(from));
  }
}
