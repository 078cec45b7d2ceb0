import { TraceError } from "./trace_error.ts";

/**
 * Cuts a stream of text into lines. Each batch holds the lines that one piece
 * of the stream completed, so that a long trace costs one step per piece and
 * not one per line; and a line that is longer than a piece is put together once.
 *
 * @param stream UTF-8 text; lines end in `\n` or `\r\n`.
 */
export async function* lineBatches(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string[]> {
  let begun: string[] = []; // pieces of a line whose end is not there yet
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = text.split("\n");
    begun.push(lines.shift() ?? "");
    const rest = lines.pop();
    if (rest === undefined) continue;
    yield [begun.join(""), ...lines].map(withoutReturn);
    begun = [rest];
  }
  const last = begun.join("");
  if (last !== "") yield [withoutReturn(last)];
}

/**
 * Lines as one text.
 *
 * @param lines The lines of a document.
 * @param file Its name, for messages.
 * @throws {TraceError} If that is longer than a text can be.
 */
export function joinLines(lines: readonly string[], file: string): string {
  try {
    return lines.join("\n");
  } catch (error) {
    throw new TraceError({ file }, TOO_LONG, error);
  }
}

/** Why a text that is read as one cannot be read. */
export const TOO_LONG =
  "it is longer than a text can be, 512 MiB; give a recording instead";

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
