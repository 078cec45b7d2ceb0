import { assertEquals, assertThrows } from "@std/assert";
import { TracedMemory } from "../../../lab/reference/traced_memory.ts";
import { arenaMemory, SystemCallError } from "../../../mod.ts";
import { RefusingMemory } from "../../support/refusing_memory.ts";
import { wrapMemory } from "../../support/wrap_memory.ts";

const MMAP = ["0", "4096", "PROT_READ | PROT_WRITE", "MAP_PRIVATE | MAP_ANON"];

function test(
  name: string,
  fn: (memory: TracedMemory, refusing: RefusingMemory) => void,
): void {
  Deno.test(`a traced memory ${name}`, () => {
    using arena = arenaMemory();
    const refusing = new RefusingMemory(arena);
    fn(new TracedMemory(refusing), refusing);
  });
}

test("asks for the break before it raises it for the first time", (memory) => {
  memory.sbrk(4096);
  memory.sbrk(8);
  assertEquals(memory.takeLines(), [
    { name: "brk", args: ["0"], result: "HeapStart + 0x0" },
    {
      name: "brk",
      args: ["HeapStart + 0x1000"],
      result: "HeapStart + 0x1000",
    },
    {
      name: "brk",
      args: ["HeapStart + 0x1008"],
      result: "HeapStart + 0x1008",
    },
  ]);
});

test("writes nothing where the break is only asked for", (memory) => {
  memory.sbrk(0);
  assertEquals(memory.takeLines(), []);
});

test("answers as the memory below it does", (memory) => {
  const start = memory.sbrk(0);
  assertEquals([memory.sbrk(4096), memory.sbrk(0)], [start, start + 4096]);
  assertEquals(memory.buffer(start, 16).byteLength, 16);
  assertEquals(memory.pageSize % 4096, 0);
});

test("gives its lines once", (memory) => {
  memory.sbrk(8);
  assertEquals(memory.takeLines().length, 2);
  assertEquals(memory.takeLines(), []);
});

test("answers a refused brk with the break where it is", (memory, refusing) => {
  memory.sbrk(4096);
  memory.takeLines();
  refusing.refuses = () => true;
  assertThrows(() => memory.sbrk(8), SystemCallError);
  assertEquals(memory.takeLines(), [{
    name: "brk",
    args: ["HeapStart + 0x1008"],
    result: "HeapStart + 0x1000",
  }]);
});

test("takes the first brk to be refused", (memory, refusing) => {
  refusing.refuses = () => true;
  assertThrows(() => memory.sbrk(4096), SystemCallError);
  refusing.refuses = () => false;
  memory.sbrk(4096);
  assertEquals(memory.takeLines().map(({ result }) => result), [
    "HeapStart + 0x0",
    "HeapStart + 0x0",
    "HeapStart + 0x1000",
  ]);
});

test("writes a mapping and its end", (memory) => {
  memory.munmap(memory.mmap(4096), 4096);
  assertEquals(memory.takeLines(), [
    { name: "mmap", args: [...MMAP, "-1", "0"], result: "<mapped-addr1>" },
    { name: "munmap", args: ["<mapped-addr1>", "4096"], result: "0" },
  ]);
});

test(
  "writes the error of a refused mmap, and counts no mapping",
  (memory, refusing) => {
    refusing.refuses = (number) => number === 1;
    assertThrows(() => memory.mmap(4096), SystemCallError);
    memory.munmap(memory.mmap(4096), 4096);
    assertEquals(
      memory.takeLines().map(({ result }) => result),
      ["-ENOMEM", "<mapped-addr1>", "0"],
    );
  },
);

test("writes the error of a refused munmap", (memory, refusing) => {
  const address = memory.mmap(4096);
  refusing.refuses = () => true;
  assertThrows(() => memory.munmap(address, 4096), SystemCallError);
  refusing.refuses = () => false;
  memory.munmap(address, 4096);
  assertEquals(
    memory.takeLines().slice(1).map(({ name, result }) => [name, result]),
    [["munmap", "-ENOMEM"], ["munmap", "0"]],
  );
});

Deno.test("a traced memory starts a segment where others had moved the break", () => {
  using arena = arenaMemory();
  const memory = new TracedMemory(arena);
  memory.sbrk(4096);
  arena.sbrk(64);
  memory.sbrk(4096);
  assertEquals(memory.takeLines().at(-1), {
    name: "brk",
    args: ["<segment2> + 0x1000"],
    result: "<segment2> + 0x1000",
  });
});

Deno.test("a traced memory passes on what is no refusal, and writes nothing", () => {
  using arena = arenaMemory();
  const memory = new TracedMemory(wrapMemory(arena, {
    mmap() {
      throw new TypeError("broken");
    },
  }));
  assertThrows(() => memory.mmap(4096), TypeError, "broken");
  assertEquals(memory.takeLines(), []);
});
