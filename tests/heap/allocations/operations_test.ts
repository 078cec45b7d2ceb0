// Which operations copy the bytes of an allocation at once and which keep the pointer:
// each is tried, and the table of docs/holding.md says what was found.
import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { pbkdf2, pbkdf2Sync, scrypt, scryptSync } from "node:crypto";
import {
  open as openNode,
  read as readNode,
  writeFile as writeFileNode,
} from "node:fs";
import { promisify } from "node:util";
import { deflate, gzip, unzipSync } from "node:zlib";
import { type Allocation, Heap } from "../../../mod.ts";
import { readPage } from "../../docs/pages.ts";
import { rowsOf } from "../../docs/tables.ts";
import { gatedTest, toRun } from "../../support/permissions.ts";

const LARGE = 8 << 20;

/** A FIFO, open at both of its ends. */
interface Fifo extends AsyncDisposable {
  readonly path: string;
  readonly file: Deno.FsFile;
}

async function openFifo(): Promise<Fifo> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/fifo`;
  await new Deno.Command("mkfifo", { args: [path] }).output();
  const file = await Deno.open(path, { read: true, write: true });
  return {
    path,
    file,
    async [Symbol.asyncDispose]() {
      file.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function connected(): Promise<[Deno.Conn, Deno.Conn]> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  return await Promise.all([
    listener.accept(),
    Deno.connect({ hostname: "127.0.0.1", port }),
  ]);
}

/** The memory of an allocation, by a window that stays after the allocation. */
function memoryOf({ pointer, size }: Allocation): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, size));
}

/**
 * Whether an operation that takes bytes sees what is written after it was started.
 *
 * @param start Starts the operation on bytes that are all 1.
 */
async function keepsInput(
  start: (bytes: Uint8Array<ArrayBuffer>) => () => Promise<Uint8Array>,
): Promise<boolean> {
  using heap = new Heap();
  using buffer = heap.allocate(LARGE);
  buffer.bytes.fill(1);
  const finish = start(buffer.bytes);
  memoryOf(buffer).fill(2);
  return (await finish()).includes(2);
}

/**
 * Whether an operation that gives bytes writes them to memory whose views are detached.
 *
 * @param start Starts the operation, and returns what ends it.
 */
async function keepsOutput(
  start: (bytes: Uint8Array<ArrayBuffer>) => () => Promise<unknown>,
): Promise<boolean> {
  const heap = new Heap();
  const buffer = heap.allocate(4096, { zero: true });
  const memory = memoryOf(buffer);
  const finish = start(buffer.bytes);
  buffer[Symbol.dispose]();
  await finish();
  const isWritten = memory.some((byte) => byte !== 0);
  heap[Symbol.dispose]();
  return isWritten;
}

/** Reads a number of bytes that somebody else writes. */
async function readAll(
  reader: { read(bytes: Uint8Array): Promise<number | null> },
  size: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size;) {
    at += await reader.read(bytes.subarray(at)) ?? size;
  }
  return bytes;
}

/**
 * Whether an operation that packs bytes sees what is written after it was started. The
 * bytes are random: others are packed into so little that all of them are read at once.
 *
 * @param start Starts the operation; the promise is that of what was packed.
 */
async function keepsPacked(
  start: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>,
): Promise<boolean> {
  using heap = new Heap();
  using buffer = heap.allocate(1 << 20);
  for (let at = 0; at < buffer.size; at += 65536) {
    crypto.getRandomValues(buffer.bytes.subarray(at, at + 65536));
  }
  const expected = Buffer.from(buffer.bytes);
  const packed = start(buffer.bytes);
  memoryOf(buffer).fill(2);
  return !expected.equals(unzipSync(await packed));
}

/** Calls a function that takes a callback for its result, as those of Node do. */
function called<Result>(
  call: (done: (error: Error | null, result: Result) => void) => void,
): Promise<Result> {
  return new Promise((resolve, reject) =>
    call((error, result) => error ? reject(error) : resolve(result))
  );
}

/** Whether a result that is made of changing bytes is not what the first bytes give. */
function keepsSecret(
  make: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>,
  expected: Buffer,
): Promise<boolean> {
  return keepsInput((bytes) => {
    const made = make(bytes);
    return async () => new Uint8Array([expected.equals(await made) ? 1 : 2]);
  });
}

const ONES = new Uint8Array(LARGE).fill(1);

/** Whether a function of Web Crypto reads bytes that were written later. */
async function keepsCrypto(
  make: (bytes: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer>,
): Promise<boolean> {
  const bytes = async (given: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await make(given));
  const expected = Buffer.from(await bytes(ONES));
  for (let attempt = 0; attempt < 10; attempt++) {
    if (await keepsSecret(bytes, expected)) return true;
  }
  return false;
}

/** Signs or encrypts with a key of its own. */
async function keyed(
  algorithm: "HMAC" | "AES-GCM",
): Promise<(bytes: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer>> {
  const { subtle } = crypto;
  if (algorithm === "HMAC") {
    const parameters = { name: "HMAC", hash: "SHA-256" };
    const key = await subtle.generateKey(parameters, false, ["sign"]);
    return (bytes) => subtle.sign("HMAC", key as CryptoKey, bytes);
  }
  const parameters = { name: "AES-GCM", length: 256 };
  const key = await subtle.generateKey(parameters, false, ["encrypt"]);
  const iv = new Uint8Array(12); // known, so that equal bytes give equal results
  return (bytes) =>
    subtle.encrypt({ name: "AES-GCM", iv }, key as CryptoKey, bytes);
}

const SEVENS = new Uint8Array(4096).fill(7);

const TRIES: Readonly<Record<string, () => Promise<boolean>>> = {
  async "`Conn.read`"() {
    const [peer, connection] = await connected();
    const isKept = await keepsOutput((bytes) => {
      const read = connection.read(bytes);
      return async () => {
        await peer.write(SEVENS);
        await read;
      };
    });
    for (const end of [peer, connection]) end.close();
    return isKept;
  },
  async "`Conn.write`"() {
    const [peer, connection] = await connected();
    const isKept = await keepsInput((bytes) => {
      const written = writeAll(connection, bytes);
      return async () => {
        const [read] = await Promise.all([readAll(peer, LARGE), written]);
        return read;
      };
    });
    for (const end of [peer, connection]) end.close();
    return isKept;
  },
  async "`FsFile.read`"() {
    await using fifo = await openFifo();
    using other = await Deno.open(fifo.path, { write: true });
    return await keepsOutput((bytes) => {
      const read = fifo.file.read(bytes);
      return async () => {
        await other.write(SEVENS);
        await read;
      };
    });
  },
  async "`FsFile.write`"() {
    await using fifo = await openFifo();
    using other = await Deno.open(fifo.path, { read: true });
    return await keepsInput((bytes) => {
      const written = writeAll(fifo.file, bytes);
      return async () => {
        const [read] = await Promise.all([readAll(other, LARGE), written]);
        return read;
      };
    });
  },
  async "`Deno.writeFile`"() {
    await using fifo = await openFifo();
    return await keepsInput((bytes) => {
      const written = Deno.writeFile(fifo.path, bytes);
      return async () => {
        const [read] = await Promise.all([readAll(fifo.file, LARGE), written]);
        return read;
      };
    });
  },
  async "`read` of `node:fs`"() {
    await using fifo = await openFifo();
    const descriptor = await promisify(openNode)(fifo.path, "r");
    return await keepsOutput((bytes) => {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      readNode(descriptor, bytes, 0, 4096, null, resolve);
      return async () => {
        await fifo.file.write(SEVENS);
        await promise;
      };
    });
  },
  async "`writeFile` of `node:fs`"() {
    const path = await Deno.makeTempFile();
    try {
      return await keepsInput((bytes) => {
        const written = called<void>((done) =>
          writeFileNode(path, bytes, (error) => done(error, undefined))
        );
        return async () => {
          await written;
          return await Deno.readFile(path);
        };
      });
    } finally {
      await Deno.remove(path);
    }
  },
  "`crypto.subtle.digest`": () =>
    keepsCrypto((bytes) => crypto.subtle.digest("SHA-512", bytes)),
  "`crypto.subtle.sign`": async () => keepsCrypto(await keyed("HMAC")),
  "`crypto.subtle.encrypt`": async () => keepsCrypto(await keyed("AES-GCM")),
  "`scrypt` of `node:crypto`": () =>
    keepsSecret(
      (bytes) => called((done) => scrypt(bytes, "salt", 32, done)),
      scryptSync(ONES, "salt", 32),
    ),
  "`pbkdf2` of `node:crypto`": () =>
    keepsSecret(
      (bytes) => called((done) => pbkdf2(bytes, "s", 9, 32, "sha256", done)),
      pbkdf2Sync(ONES, "s", 9, 32, "sha256"),
    ),
  "`deflate` of `node:zlib`": () =>
    keepsPacked((bytes) => called<Uint8Array>((done) => deflate(bytes, done))),
  "`gzip` of `node:zlib`": () =>
    keepsPacked((bytes) => called<Uint8Array>((done) => gzip(bytes, done))),
  "`CompressionStream`": () =>
    keepsPacked((bytes) => {
      const stream = new CompressionStream("gzip");
      const writer = stream.writable.getWriter();
      writer.write(bytes);
      writer.close();
      return new Response(stream.readable).bytes();
    }),
  "a nonblocking FFI call": async () => {
    const c = Deno.dlopen("libc.so.6", {
      memcpy: {
        parameters: ["buffer", "buffer", "usize"],
        result: "pointer",
        nonblocking: true,
      },
    });
    const isKept = await keepsOutput((bytes) => {
      const copied = c.symbols.memcpy(bytes, SEVENS, 4096n);
      return () => copied;
    });
    c.close();
    return isKept;
  },
  "`Blob`": () =>
    keepsInput((bytes) => {
      const blob = new Blob([bytes]);
      return () => blob.bytes();
    }),
  "`Response`": () =>
    keepsInput((bytes) => {
      const response = new Response(bytes);
      return () => response.bytes();
    }),
  "`WebAssembly.compile`": async () => {
    using heap = new Heap();
    using buffer = heap.allocateFrom(
      new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
    );
    const compiled = WebAssembly.compile(buffer.bytes);
    memoryOf(buffer).fill(2);
    return await compiled.then(() => false, () => true);
  },
};

async function writeAll(
  writer: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await writer.write(bytes.subarray(at));
  }
}

gatedTest({
  name: "the table of operations says which of them keep the pointer",
  needs: [
    { name: "net", host: "127.0.0.1" },
    toRun("mkfifo"),
    { name: "read" },
    {
      name: "write",
    },
  ],
  async fn() {
    const found: Record<string, string> = {};
    for (const [operation, keepsPointer] of Object.entries(TRIES)) {
      found[operation] = await keepsPointer()
        ? "keeps the pointer"
        : "copies the bytes at once";
    }
    const page = await readPage("docs/holding.md");
    const rows = rowsOf(page.section("Operations that still run"))
      .filter((row) => "operation" in row)
      .map((row) => [row["operation"], row["what it does"]]);
    assertEquals(found, Object.fromEntries(rows));
  },
});
