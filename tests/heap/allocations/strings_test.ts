// Strings as C knows them, made and read.
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type Allocator,
  arenaMemory,
  ArgumentError,
  Heap,
  type Pointee,
  readString,
  type ReadStringOptions,
  UsageError,
} from "../../../mod.ts";
import { pageSize } from "../../../ffi/system.ts";

const TEXTS: Readonly<Record<string, string>> = {
  "nothing": "",
  "ASCII": "good morning",
  "two and three bytes a character": "Zoë 東京",
  "four bytes a character": "🦕🦕",
  "a byte order mark": "\ufeffmarked",
  "control characters": "\u0001\n\u007f",
  "more than a page": "é".repeat(5000),
  "a mapping": "x".repeat(200_000),
};

const ALLOCATORS: Readonly<Record<string, (heap: Heap) => Allocator>> = {
  "of a heap": (heap) => heap,
  "of a scope": (heap) => heap.scope(),
};

for (const [kind, open] of Object.entries(ALLOCATORS)) {
  for (const [name, text] of Object.entries(TEXTS)) {
    Deno.test(`a string is UTF-8 with a NUL at its end, and is read back: ${name}: ${kind}`, () => {
      using heap = new Heap();
      const string = open(heap).allocateString(text);
      const bytes = new TextEncoder().encode(text);
      assertEquals(string.size, bytes.length + 1);
      assertEquals(string.bytes.subarray(0, -1), bytes);
      assertEquals(string.bytes.at(-1), 0);
      for (const source of [string, string.pointer, string.address]) {
        assertEquals(readString(source), text);
      }
    });
  }
}

Deno.test("a string has the alignment and the label that are asked for", () => {
  using heap = new Heap();
  using string = heap.allocateString("text", { align: 1024, label: "name" });
  assertEquals([string.address % 1024, string.label], [0, "name"]);
});

const REFUSED: readonly (readonly [text: unknown, message: string])[] = [
  ["a\0b", "text with a NUL at 1: C would end the string there"],
  ["\0", "text with a NUL at 0"],
  [
    "ab\ud83e",
    "text with half of a surrogate pair at 2: UTF-8 cannot encode it",
  ],
  ["🦕\udd95", "text with half of a surrogate pair at 2"],
  [undefined, "undefined: expected a string"],
  [7, "7: expected a string"],
];

for (const [text, message] of REFUSED) {
  Deno.test(`text that cannot be a C string is refused: ${message}`, () => {
    using heap = new Heap();
    const error = assertThrows(
      () => heap.allocateString(text as string),
      ArgumentError,
    );
    assertEquals(error.code, "invalid-argument");
    assertStringIncludes(
      error.message,
      `Cannot make a C string from ${message}`,
    );
    assertEquals(heap.stats().liveBlocks, 0);
  });
}

Deno.test("a string is read up to maxLength bytes, or to its NUL if that comes first", () => {
  using heap = new Heap();
  using string = heap.allocateString("abcdef");
  for (const source of [string, string.pointer]) {
    for (
      const [maxLength, text] of [[0, ""], [1, "a"], [6, "abcdef"], [
        7,
        "abcdef",
      ], [100, "abcdef"]] as const
    ) {
      assertEquals(readString(source, { maxLength }), text);
    }
  }
});

Deno.test("a character that maxLength cuts in two, and bytes that are no UTF-8, are read as U+FFFD", () => {
  using heap = new Heap();
  using string = heap.allocateString("é");
  assertEquals(readString(string, { maxLength: 1 }), "\ufffd");
  using bytes = heap.allocateFrom(new Uint8Array([0x61, 0xff, 0x62, 0]));
  assertEquals(readString(bytes), "a\ufffdb");
  assertEquals(readString(bytes.pointer), "a\ufffdb");
});

Deno.test("reading from an allocation stops at its end, whatever follows", () => {
  using heap = new Heap();
  using full = heap.allocate(8);
  full.bytes.fill(0x61);
  using _behind = heap.allocate(8);
  for (const options of [{}, { maxLength: 9 }]) {
    const error = assertThrows(() => readString(full, options), ArgumentError);
    assertStringIncludes(error.message, "there is no NUL in it");
  }
  assertEquals(readString(full, { maxLength: 8 }), "aaaaaaaa");
  assertEquals(readString(full, { maxLength: 3 }), "aaa");
});

Deno.test("reading from a pointer stops at the page that has the NUL", () => {
  using arena = arenaMemory({ reserve: 2 * pageSize() });
  const { start, reserve } = arena;
  const bytes = new Uint8Array(arena.buffer(start, reserve));
  const end = start + reserve; // behind it nothing need be mapped
  bytes.fill(0x61, 0, reserve - 1);
  assertEquals(readString(end - 4), "aaa");
  assertEquals(readString(end - 1), "");
  assertEquals(readString(start)?.length, reserve - 1);
  bytes[reserve - 1] = 0x61;
  assertEquals(readString(end - 4, { maxLength: 4 }), "aaaa");
  assertEquals(
    readString(start + 1, { maxLength: reserve - 1 })?.length,
    reserve - 1,
  );
});

for (const source of [undefined, -1, 0.5, NaN, "text", {}, 8n]) {
  Deno.test(`a string is not read from what is no pointer: ${Deno.inspect(source)}`, () => {
    assertThrows(
      () => readString(source as unknown as Pointee),
      ArgumentError,
      `Cannot read a string from ${
        Deno.inspect(source)
      }: expected an allocation`,
    );
  });
}

Deno.test("text without a NUL says which maxLength to give, also if one was given", () => {
  using heap = new Heap();
  using full = heap.allocateFrom(new Uint8Array(4).fill(0x61));
  const read = (options?: ReadStringOptions) =>
    assertThrows(() => readString(full, options), ArgumentError).message
      .replace(/^.*: there/, "there");
  assertEquals(
    read(),
    "there is no NUL in it; give a maxLength of 4 if the text may fill it",
  );
  assertEquals(
    read({ maxLength: 10 }),
    "there is no NUL in it, and a maxLength of 10 reaches past its end; give a " +
      "maxLength of 4 if the text may fill it",
  );
});

for (const maxLength of [-1, 0.5, NaN, -Infinity, 2 ** 53]) {
  Deno.test(`a string of at most ${maxLength} bytes is refused`, () => {
    using heap = new Heap();
    using string = heap.allocateString("text");
    assertThrows(
      () => readString(string, { maxLength }),
      ArgumentError,
      `Cannot read a string of at most ${maxLength} bytes`,
    );
  });
}

Deno.test("a string is not read from an allocation that was disposed of", () => {
  using heap = new Heap();
  const string = heap.allocateString("text", { label: "name" });
  string[Symbol.dispose]();
  const error = assertThrows(() => readString(string), UsageError);
  assertStringIncludes(
    error.message,
    'Cannot read a string from allocation "name"',
  );
});
