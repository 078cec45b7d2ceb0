/**
 * Cuts a stream of text into lines. Each batch holds the lines that one piece
 * of the stream completed, so that a long trace costs one step per piece and
 * not one per line.
 *
 * @param stream UTF-8 text; lines end in `\n` or `\r\n`.
 */
export async function* lineBatches(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string[]> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield lines.map(withoutReturn);
  }
  if (rest !== "") yield [withoutReturn(rest)];
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
