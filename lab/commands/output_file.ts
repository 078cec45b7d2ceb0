import { OutputError } from "./terminal.ts";

/**
 * Writes a file whole or not at all: it is written beside its place first. A name
 * that ends in `.gz` is compressed.
 *
 * @param name The file; it is replaced if it is there.
 * @param chunks What it is to contain, in parts.
 * @throws {OutputError} If it cannot be written. What was there before is intact.
 */
export async function writeFile(
  name: string,
  chunks: Iterable<string>,
): Promise<void> {
  const unfinished = `${name}.unfinished`;
  try {
    await writeTo(unfinished, chunks, name.endsWith(".gz"));
    await Deno.rename(unfinished, name);
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {}); // it may not even be there
    throw new OutputError(name, error);
  }
}

async function writeTo(
  name: string,
  chunks: Iterable<string>,
  isCompressed: boolean,
): Promise<void> {
  const file = await Deno.open(name, {
    write: true,
    create: true,
    truncate: true,
  });
  const bytes = ReadableStream.from(chunks)
    .pipeThrough(new TextEncoderStream());
  const written = isCompressed
    ? bytes.pipeThrough(new CompressionStream("gzip"))
    : bytes;
  await written.pipeTo(file.writable);
}
