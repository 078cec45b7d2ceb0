type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

const GZIP_MAGIC = [0x1f, 0x8b]; // RFC 1952, section 2.3.1

/** The stream as it is, or decompressed if it begins as gzip does. */
export async function decompressed(stream: Bytes): Promise<Bytes> {
  const reader = stream.getReader();
  const head: Uint8Array<ArrayBuffer>[] = [];
  let magic: number[] = [];
  while (magic.length < GZIP_MAGIC.length) {
    const { value, done } = await reader.read();
    if (done) break;
    head.push(value);
    magic = [...magic, ...value.subarray(0, GZIP_MAGIC.length)];
  }
  const whole = rejoin(head, reader);
  const compressed = GZIP_MAGIC.every((byte, index) => magic[index] === byte);
  return compressed
    ? whole.pipeThrough(new DecompressionStream("gzip"))
    : whole;
}

function rejoin(
  head: readonly Uint8Array<ArrayBuffer>[],
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): Bytes {
  return new ReadableStream({
    start: (controller) => head.forEach((piece) => controller.enqueue(piece)),
    async pull(controller) {
      const { value, done } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
