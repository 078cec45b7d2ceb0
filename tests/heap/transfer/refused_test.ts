// What cannot be transferred, and when nothing can.
import { assertEquals, assertThrows } from "@std/assert";
import {
  type Allocation,
  type AllocationMessage,
  arenaMemory,
  ArgumentError,
  Heap,
} from "../../../mod.ts";
import { send } from "../../support/send.ts";
import { usageErrorOf } from "../../support/usage_error_of.ts";
import { wrapMemory } from "../../support/wrap_memory.ts";

for (const value of [undefined, null, 5, {}, Symbol("a")]) {
  Deno.test(`${Deno.inspect(value)} is no allocation, and is not transferred`, () => {
    using heap = new Heap();
    assertThrows(
      () => heap.transfer(value as unknown as Allocation),
      ArgumentError,
      `Cannot transfer ${
        Deno.inspect(value)
      }: expected an Allocation of this heap`,
    );
  });
}

for (const label of [5, null, Symbol("frame")]) {
  Deno.test(`a label that is ${Deno.inspect(label)} is refused, since it may not be posted`, () => {
    using heap = new Heap();
    assertThrows(
      () => heap.allocate(8, { label: label as unknown as string }),
      ArgumentError,
      `Cannot label an allocation ${Deno.inspect(label)}: expected a string`,
    );
    assertEquals(heap.stats().liveBlocks, 0);
  });
}

Deno.test("an allocation whose memory was given back is not transferred", () => {
  const arena = arenaMemory();
  using heap = new Heap({ memory: arena });
  const allocation = heap.allocate(200_000, { label: "frame" });
  arena[Symbol.dispose]();
  assertEquals(usageErrorOf(() => heap.transfer(allocation)), [
    "memory-gone",
    'Cannot transfer allocation "frame" (200000 bytes at 0x…): its memory was given ' +
    "back; allocate again",
  ]);
});

/** What is done with an allocation, and the message of another one. */
type Use = (heap: Heap, own: Allocation, sent: AllocationMessage) => unknown;

const USES: Readonly<Record<string, Use>> = {
  "is transferred": (heap, own) => heap.transfer(own),
  "is taken back": (heap, _, sent) => heap.takeBack(sent),
  "is waited for": (heap) => heap.transfersReturned(),
};

for (const [what, use] of Object.entries(USES)) {
  Deno.test(`nothing ${what} inside a call of the heap's memory`, () => {
    using arena = arenaMemory();
    let inside = (): void => {};
    const memory = wrapMemory(arena, {
      mmap(length) {
        inside();
        return arena.mmap(length);
      },
    });
    using heap = new Heap({ memory });
    const allocation = heap.allocate(8);
    const message = send(heap);
    let code: string | undefined;
    inside = () => {
      [code] = usageErrorOf(() => use(heap, allocation, message));
    };
    heap.free(heap.malloc(200_000));
    assertEquals([code, heap.stats().liveBlocks], ["in-call", 2]);
    heap.takeBack(message);
  });
}
