import { assertEquals } from "@std/assert";
import { CCalls, ErrorLog } from "../../../heap/c/c_calls.ts";
import { TracedCalls } from "../../../lab/reference/traced_calls.ts";
import { TracedMemory } from "../../../lab/reference/traced_memory.ts";
import { arenaMemory, Heap } from "../../../mod.ts";
import { RefusingMemory } from "../../support/refusing_memory.ts";

interface Traced {
  readonly calls: TracedCalls;
  readonly heap: Heap;
  readonly refusing: RefusingMemory;
  /** What a number does not tell of the arguments. */
  readonly exact: [bigint, bigint];
  /** The lines since this was last called, without the columns' blanks. */
  readonly take: () => string[];
}

function test(name: string, fn: (traced: Traced) => void): void {
  Deno.test(`traced calls ${name}`, () => {
    using arena = arenaMemory();
    const refusing = new RefusingMemory(arena);
    const memory = new TracedMemory(refusing);
    using heap = new Heap({ memory });
    let text = "";
    const exact: [bigint, bigint] = [0n, 0n];
    const calls = new TracedCalls(
      new CCalls(heap, new ErrorLog(() => {})),
      {
        memory,
        exactArgument: (index) => exact[index],
        write: (lines) => text += lines,
      },
    );
    const take = () => {
      const lines = text.split("\n").slice(0, -1);
      text = "";
      return lines.map((line) => line.replace(/ +=/, " ="));
    };
    fn({ calls, heap, refusing, take, exact });
  });
}

test("write the call, and below it its system calls", ({ calls, heap, take }) => {
  const address = calls.malloc(100);
  assertEquals(heap.bytes(address).length, 104);
  assertEquals(take(), [
    "os_malloc (['100']) = HeapStart + 0x20",
    "  brk (['0']) = HeapStart + 0x0",
    "  brk (['HeapStart + 0x20000']) = HeapStart + 0x20000",
  ]);
});

test("put every result into column 90", () => {
  using arena = arenaMemory();
  const memory = new TracedMemory(arena);
  using heap = new Heap({ memory });
  const lines: string[] = [];
  const answers = new CCalls(heap, new ErrorLog(() => {}));
  new TracedCalls(answers, {
    memory,
    exactArgument: () => 0n,
    write: (text) => lines.push(...text.split("\n")),
  }).malloc(200_000);
  assertEquals(lines.map((line) => line.lastIndexOf("= ")), [90, 90, -1]);
});

test("name a block before it is gone", ({ calls, take }) => {
  const mapping = calls.malloc(200_000);
  take();
  calls.free(mapping);
  assertEquals(take(), [
    "os_free (['<mapped-addr1> + 0x20']) = <void>",
    "  munmap (['<mapped-addr1>', '200032']) = 0",
  ]);
});

test("write both arguments of calloc and realloc", ({ calls, take }) => {
  const address = calls.calloc(3, 8);
  calls.realloc(address, 16);
  calls.realloc(0, 8);
  const lines = take();
  assertEquals([lines[0], ...lines.slice(3)], [
    "os_calloc (['3', '8']) = HeapStart + 0x20",
    "os_realloc (['HeapStart + 0x20', '16']) = HeapStart + 0x20",
    "os_realloc (['0', '8']) = HeapStart + 0x58",
  ]);
});

test("write NULL for a call that failed, and answer with its error", ({ calls, refusing, take }) => {
  refusing.refuses = () => true;
  assertEquals(calls.malloc(8), -12);
  assertEquals(take(), [
    "os_malloc (['8']) = 0",
    "  brk (['0']) = HeapStart + 0x0",
    "  brk (['HeapStart + 0x20000']) = HeapStart + 0x0",
  ]);
  calls.malloc(200_000);
  assertEquals(
    take()[1],
    "  mmap (['0', '200032', 'PROT_READ | PROT_WRITE', " +
      "'MAP_PRIVATE | MAP_ANON', '-1', '0']) = -ENOMEM",
  );
});

test("have every bit of a size and of a wrong pointer", ({ calls, exact, take }) => {
  exact[0] = 2n ** 63n - 1n;
  calls.malloc(2 ** 63);
  exact[0] = 0x4141414141414141n;
  calls.free(0x4141414141414141);
  [exact[0], exact[1]] = [0xdeadbeefdeadbeefn, 2n ** 64n - 1n];
  calls.realloc(Number(BigInt.asIntN(64, exact[0])), -1);
  assertEquals(take(), [
    "os_malloc (['9223372036854775807']) = 0",
    "os_free (['0x4141414141414141']) = <void>",
    "os_realloc (['0xdeadbeefdeadbeef', '18446744073709551615']) = 0",
  ]);
});

test("write a call with a wrong pointer that changes nothing", ({ calls, heap, take }) => {
  calls.free(8);
  assertEquals(take(), ["os_free (['0x8']) = <void>"]);
  heap.check();
});

test("write nothing for what C has no function for", ({ calls, take }) => {
  const address = calls.malloc(100);
  take();
  assertEquals(calls.usableSize(address), 104);
  assertEquals(take(), []);
});
