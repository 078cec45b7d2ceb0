// What is found, or refused, when blocks that other isolates gave back are freed.
import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type Allocation,
  type AllocationMessage,
  arenaMemory,
  CorruptionError,
  Heap,
  receiveAllocation,
  SystemCallError,
} from "../../../mod.ts";
import { poke } from "../../support/poke.ts";
import { never, RefusingMemory } from "../../support/refusing_memory.ts";
import { send } from "../../support/send.ts";
import { StderrLines } from "../../support/stderr_lines.ts";

/** Receives an allocation, writes behind its end, and gives it back. */
function damage(message: AllocationMessage): void {
  using received = receiveAllocation(message);
  poke(received.address + received.size, 1);
}

/** Lets the heap notice what came back. */
function aTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

function refuseUnmapping(memory: RefusingMemory): void {
  memory.refuses = (_, syscall) => syscall === "munmap";
}

Deno.test("damage in what came back is told once to who waits, and the block is free", async () => {
  using heap = new Heap({ debug: true });
  damage(send(heap));
  const error = await assertRejects(
    () => heap.transfersReturned(),
    CorruptionError,
  );
  assertEquals([error.code, error.block?.label], ["overrun", "frame"]);
  assertEquals(heap.stats().liveBlocks, 0);
  await heap.transfersReturned();
});

Deno.test("damage that nobody waits for is printed, and what else came back is freed", async () => {
  using heap = new Heap({ debug: true });
  using stderr = new StderrLines();
  const messages = [send(heap, 64, "a"), send(heap, 64, "b"), send(heap)];
  damage(messages[0]!);
  damage(messages[1]!);
  receiveAllocation(messages[2]!)[Symbol.dispose]();
  await aTurn();
  assertEquals(heap.stats().liveBlocks, 0);
  const told = stderr.lines.filter((line) => line.startsWith("osmem: "))
    .map((line) => line.replaceAll(/0x[0-9a-f]{4,}/g, "0x…")).sort();
  assertEquals(told.length, 2);
  for (const [index, label] of ["a", "b"].entries()) {
    assertStringIncludes(
      told[index]!,
      `osmem: allocation "${label}" (64 bytes at 0x…) came back from another isolate, ` +
        "and when it was freed this was found: CorruptionError: ",
    );
  }
});

Deno.test("damage in one that is taken back is thrown, and that in others printed", () => {
  using heap = new Heap({ debug: true });
  using stderr = new StderrLines();
  const [own, other] = [send(heap, 64, "own"), send(heap, 64, "other")];
  damage(other);
  poke(own.address + own.size, 1);
  const error = assertThrows(() => heap.takeBack(own), CorruptionError);
  assertEquals(error.block?.label, "own");
  assertStringIncludes(stderr.lines[0]!, 'osmem: allocation "other"');
  assertEquals(heap.stats().liveBlocks, 0);
});

Deno.test("a block where a damaged one came back is not freed with the next that come back", async () => {
  using heap = new Heap({ debug: true });
  const message = send(heap);
  damage(message);
  await assertRejects(() => heap.transfersReturned(), CorruptionError);
  const next = allocateAt(heap, message.address);
  next.bytes.fill(9);
  receiveAllocation(send(heap))[Symbol.dispose]();
  await heap.transfersReturned();
  assertEquals([next.isDisposed, next.bytes[63]], [false, 9]);
  next[Symbol.dispose]();
});

/** Allocates until a block lies at an address that a debug heap keeps back. */
function allocateAt(heap: Heap, address: number): Allocation {
  for (;;) {
    const allocation = heap.allocate(64);
    if (allocation.address === address) return allocation;
    allocation[Symbol.dispose]();
  }
}

Deno.test("a mapping that is refused does not hold up what else came back", async () => {
  using arena = arenaMemory();
  const memory = new RefusingMemory(arena);
  using heap = new Heap({ memory });
  const messages = [send(heap, 200_000), send(heap), send(heap)];
  refuseUnmapping(memory);
  for (const message of messages) receiveAllocation(message)[Symbol.dispose]();
  await assertRejects(() => heap.transfersReturned(), SystemCallError);
  assertEquals(heap.stats().liveBlocks, 1);
  memory.refuses = never;
  await heap.transfersReturned();
});

Deno.test("taking one back throws the refusal of that one only, until it is free", () => {
  using arena = arenaMemory();
  const memory = new RefusingMemory(arena);
  using heap = new Heap({ memory });
  const [mapping, other] = [send(heap, 200_000), send(heap)];
  refuseUnmapping(memory);
  assertThrows(() => heap.takeBack(mapping), SystemCallError);
  heap.takeBack(other);
  assertEquals(heap.stats().liveBlocks, 1);
  assertThrows(() => heap.takeBack(mapping), SystemCallError);
  memory.refuses = never;
  heap.takeBack(mapping);
  assertEquals(heap.stats().liveBlocks, 0);
});
