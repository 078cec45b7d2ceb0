type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** Bytes of a zstd file that are decompressed at a time: four may become 2 MiB. */
const ZSTD_PIECE = 256;

/** A way in which files are compressed. */
export interface Compression {
  /** Its name in messages. */
  readonly name: string;
  /** The program that prints such a file decompressed. */
  readonly printer: string;
  /** The bytes that every such file begins with. */
  readonly magic: readonly number[];
  /** Decompresses; it fails with a `TypeError` on data that is not whole. */
  readonly open: (compressed: Bytes) => Bytes;
}

/** The compressions that can be read. */
export const COMPRESSIONS: readonly Compression[] = [
  {
    name: "gzip",
    printer: "zcat",
    magic: [0x1f, 0x8b], // RFC 1952, section 2.3.1
    open: (compressed) =>
      compressed.pipeThrough(new DecompressionStream("gzip")),
  },
  {
    name: "zstd",
    printer: "zstdcat",
    magic: [0x28, 0xb5, 0x2f, 0xfd], // RFC 8878, section 3.1.1
    open: openZstd,
  },
];

const LONGEST_MAGIC = Math.max(
  ...COMPRESSIONS.map(({ magic }) => magic.length),
);

/** A stream's bytes as they were before they were compressed, if they were. */
export interface Decompressed {
  /** The bytes. */
  readonly stream: Bytes;
  /** How they were compressed. */
  readonly compression: Compression | undefined;
}

/** The stream as it is, or decompressed if it begins as compressed files do. */
export async function decompressed(stream: Bytes): Promise<Decompressed> {
  const reader = stream.getReader();
  const head: Uint8Array<ArrayBuffer>[] = [];
  let magic: number[] = [];
  while (magic.length < LONGEST_MAGIC) {
    const { value, done } = await reader.read();
    if (done) break;
    head.push(value);
    magic = [...magic, ...value.subarray(0, LONGEST_MAGIC)];
  }
  const whole = rejoin(head, reader);
  const compression = COMPRESSIONS.find((each) =>
    each.magic.every((byte, index) => magic[index] === byte)
  );
  return {
    stream: compression ? compression.open(whole) : whole,
    compression,
  };
}

/**
 * fzstd reports data that is cut short. The zstd of `node:zlib` does not, and the
 * Compression Streams standard has no zstd.
 */
function openZstd(compressed: Bytes): Bytes {
  return ReadableStream.from(decompressZstd(compressed));
}

/** No more is decompressed than is read: a small file may become a very large one. */
async function* decompressZstd(
  compressed: Bytes,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { Decompress } = await import("fzstd");
  const done: Uint8Array<ArrayBuffer>[] = [];
  const decompress = new Decompress((bytes) => done.push(bytes.slice()));
  for await (const bytes of compressed) {
    for (let from = 0; from < bytes.length; from += ZSTD_PIECE) {
      const piece = bytes.subarray(from, from + ZSTD_PIECE);
      orTypeError(() => decompress.push(piece));
      yield* done.splice(0);
    }
  }
  orTypeError(() => decompress.push(new Uint8Array(), true));
  yield* done.splice(0);
}

/** Fails as the streams of the standard do. */
function orTypeError(decompress: () => void): void {
  try {
    decompress();
  } catch (cause) {
    throw new TypeError("invalid zstd data", { cause });
  }
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
