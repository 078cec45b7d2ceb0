// Which operations copy the bytes of an allocation at once and which keep the pointer:
// each is tried, and the table of docs/holding.md says what was found.
import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { scrypt, scryptSync } from "node:crypto";
import { open as openNode, read as readNode } from "node:fs";
import { promisify } from "node:util";
import { deflate, inflateSync } from "node:zlib";
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

const SEVENS = new Uint8Array(4096).fill(7);

/** Whether a digest of changing bytes is that of other bytes than were there first. */
async function keepsDigest(): Promise<boolean> {
  const hash = (bytes: Uint8Array<ArrayBuffer>) =>
    crypto.subtle.digest("SHA-512", bytes);
  const expected = Buffer.from(await hash(new Uint8Array(LARGE).fill(1)));
  for (let attempt = 0; attempt < 20; attempt++) {
    const isKept = await keepsInput((bytes) => {
      const digest = hash(bytes);
      return async () =>
        new Uint8Array([expected.equals(Buffer.from(await digest)) ? 1 : 2]);
    });
    if (isKept) return true;
  }
  return false;
}

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
  "`crypto.subtle.digest`": keepsDigest,
  "`scrypt` of `node:crypto`": () => {
    const password = new Uint8Array(LARGE).fill(1);
    const expected = scryptSync(password, "salt", 32);
    return keepsInput((bytes) => {
      const { promise, resolve } = Promise.withResolvers<Uint8Array>();
      scrypt(
        bytes,
        "salt",
        32,
        (_, key) => resolve(new Uint8Array([expected.equals(key) ? 1 : 2])),
      );
      return () => promise;
    });
  },
  "`deflate` of `node:zlib`": () =>
    keepsInput((bytes) => {
      const { promise, resolve } = Promise.withResolvers<Uint8Array>();
      deflate(bytes, (_, packed) => resolve(inflateSync(packed)));
      return () => promise;
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
