// Allocations that are handed to another isolate, and come back. Here the same isolate
// receives what it sends: to the heap that makes no difference.
import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  TICKET,
  TicketPage,
} from "../../../heap/transfer/allocation_message.ts";
import {
  type AllocationMessage,
  arenaMemory,
  ArgumentError,
  Heap,
  InvalidPointerError,
  receiveAllocation,
  SystemCallError,
} from "../../../mod.ts";
import { never, RefusingMemory } from "../../support/refusing_memory.ts";
import { send } from "../../support/send.ts";
import { usageErrorOf } from "../../support/usage_error_of.ts";

const TICKETS_OF_A_PAGE = 1024;

Deno.test("the receiver has the same bytes at the same address, with size and label", () => {
  using heap = new Heap();
  const message = send(heap);
  using received = receiveAllocation(message);
  assertEquals(received.address, message.address);
  assertEquals([received.size, received.label], [64, "frame"]);
  assertEquals([...received.bytes], Array(64).fill(7));
  assertEquals(received.view.getUint8(63), 7);
});

Deno.test("what is received is freed by its owner after it was disposed of", async () => {
  using heap = new Heap();
  const received = receiveAllocation(send(heap));
  assertEquals(heap.stats().liveBlocks, 1);
  received[Symbol.dispose]();
  await heap.transfersReturned();
  assertEquals(heap.stats().liveBlocks, 0);
  heap.check();
});

Deno.test("what came back is freed without anybody asking", async () => {
  using heap = new Heap();
  receiveAllocation(send(heap))[Symbol.dispose]();
  for (let turns = 0; heap.stats().liveBlocks > 0; turns++) {
    assertEquals(turns < 1000, true, "it is freed within a second");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
});

Deno.test("a mapping is transferred as other blocks are", async () => {
  using heap = new Heap();
  {
    using received = receiveAllocation(send(heap, 200_000));
    assertEquals(received.bytes[199_999], 7);
    assertEquals(heap.stats().mappedBlocks, 1);
  }
  await heap.transfersReturned();
  assertEquals(heap.stats().mappedBlocks, 0);
});

Deno.test("an allocation without bytes is transferred", async () => {
  using heap = new Heap();
  {
    using received = receiveAllocation(send(heap, 0));
    assertEquals(received.bytes.length, 0);
  }
  await heap.transfersReturned();
});

Deno.test("the sender's views are detached at once, and uses of its allocation refused", () => {
  using heap = new Heap();
  const allocation = heap.allocate(64, { label: "frame" });
  const { bytes, view } = allocation;
  const message = heap.transfer(allocation);
  assertEquals([bytes.length, bytes[0]], [0, undefined]);
  assertThrows(() => view.getUint8(0), TypeError);
  assertEquals(allocation.isDisposed, true);
  assertEquals(usageErrorOf(() => allocation.bytes), [
    "transferred",
    'Cannot take the bytes of allocation "frame" (64 bytes at 0x…): ' +
    "it was transferred to another isolate\nIt was allocated at …\n" +
    "Allocate again, or dispose of it later",
  ]);
  assertEquals(usageErrorOf(() => heap.transfer(allocation))[0], "transferred");
  allocation[Symbol.dispose]();
  assertEquals(heap.stats().liveBlocks, 1);
  heap.takeBack(message);
});

Deno.test("the receiver's views are detached when it disposes, and uses refused", () => {
  using heap = new Heap();
  const received = receiveAllocation(send(heap));
  const { bytes } = received;
  received[Symbol.dispose]();
  received[Symbol.dispose]();
  assertEquals([bytes.length, bytes[0]], [0, undefined]);
  assertEquals(usageErrorOf(() => received.bytes)[0], "disposed");
});

Deno.test("the owner's heap refuses to free or resize what was transferred", () => {
  using heap = new Heap();
  const message = send(heap);
  for (
    const use of [
      () => heap.free(message.address),
      () => heap.realloc(message.address, 8),
      () => heap.bytes(message.address),
    ]
  ) {
    assertEquals(assertThrows(use, InvalidPointerError).code, "owned");
  }
  heap.takeBack(message);
});

Deno.test("a message is received once, wherever it was posted to", () => {
  using heap = new Heap();
  const message = send(heap);
  const copy = structuredClone(message);
  const received = receiveAllocation(message);
  assertEquals(usageErrorOf(() => receiveAllocation(copy)), [
    "received",
    'Cannot receive allocation "frame" (64 bytes at 0x…): it was received already; ' +
    "each message is for one receiver",
  ]);
  received[Symbol.dispose]();
  assertEquals(usageErrorOf(() => receiveAllocation(copy)), [
    "received",
    'Cannot receive allocation "frame" (64 bytes at 0x…): it was received already, ' +
    "and given back since; each message is for one receiver",
  ]);
});

Deno.test("what is received cannot be resized or transferred on", () => {
  using heap = new Heap();
  using received = receiveAllocation(send(heap));
  assertEquals(usageErrorOf(() => received.resize(128)), [
    "not-owner",
    'Cannot resize allocation "frame" (64 bytes at 0x…): it was received from another ' +
    "isolate, and only that isolate can change its heap; allocate here and copy",
  ]);
  assertEquals(usageErrorOf(() => heap.transfer(received)), [
    "not-owner",
    'Cannot transfer allocation "frame" (64 bytes at 0x…): this heap did not allocate ' +
    "it; ask the heap that did",
  ]);
});

Deno.test("an allocation of another heap, or one that was disposed of, is not transferred", () => {
  using heap = new Heap();
  using other = new Heap();
  const foreign = other.allocate(8);
  assertEquals(usageErrorOf(() => heap.transfer(foreign))[0], "not-owner");
  foreign[Symbol.dispose]();
  assertEquals(usageErrorOf(() => other.transfer(foreign))[0], "disposed");
});

Deno.test("a heap is not disposed of while others hold blocks of it, which it names", () => {
  const heap = new Heap();
  const messages = ["a", "b", "c", "d", "e", "f", "g"]
    .map((label) => send(heap, 8, label));
  const named = ["a", "b", "c", "d", "e"]
    .map((label) => `allocation "${label}" (8 bytes at 0x…)`).join(", ");
  assertEquals(usageErrorOf(() => heap[Symbol.dispose]()), [
    "in-use",
    `Cannot dispose of this heap: 7 of its blocks are with other isolates, ${named} and ` +
    "2 more; await heap.transfersReturned() first, or heap.takeBack() what a Worker that " +
    "has ended did not return",
  ]);
  for (const message of messages) {
    receiveAllocation(message)[Symbol.dispose]();
  }
  heap[Symbol.dispose]();
});

Deno.test("an arena is not disposed of while others hold blocks of a heap on it", async () => {
  const arena = arenaMemory();
  const heap = new Heap({ memory: arena });
  const received = receiveAllocation(send(heap, 8, "a"));
  assertEquals(usageErrorOf(() => arena[Symbol.dispose]()), [
    "in-use",
    "Cannot dispose of the arena of a heap: 1 of its blocks is with other isolates, " +
    'allocation "a" (8 bytes at 0x…); await heap.transfersReturned() first, or ' +
    "heap.takeBack() what a Worker that has ended did not return",
  ]);
  assertEquals(received.bytes[7], 7);
  received[Symbol.dispose]();
  await heap.transfersReturned();
  arena[Symbol.dispose]();
});

Deno.test("what nobody received is taken back, and cannot be received any more", () => {
  using heap = new Heap();
  const message = send(heap);
  heap.takeBack(message);
  assertEquals(heap.stats().liveBlocks, 0);
  assertEquals(usageErrorOf(() => receiveAllocation(message)), [
    "disposed",
    'Cannot receive allocation "frame" (64 bytes at 0x…): its owner took it back; ' +
    "transfer another allocation",
  ]);
  heap.takeBack(message);
});

Deno.test("what was received is taken back only if its receiver has ended", () => {
  using heap = new Heap();
  const message = send(heap);
  const received = receiveAllocation(message);
  assertEquals(usageErrorOf(() => heap.takeBack(message)), [
    "in-use",
    'Cannot take back allocation "frame" (64 bytes at 0x…): another isolate has ' +
    "received it; dispose of it there, or pass { receiverEnded: true } once that Worker " +
    "has ended",
  ]);
  heap.takeBack(message, { receiverEnded: true });
  assertEquals(heap.stats().liveBlocks, 0);
  received[Symbol.dispose]();
  heap.takeBack(message, { receiverEnded: true });
  heap.check();
});

Deno.test("a message that came back does not take back the next block at its address", () => {
  using heap = new Heap();
  const message = send(heap);
  receiveAllocation(message)[Symbol.dispose]();
  heap.takeBack(message);
  const next = send(heap);
  assertEquals(next.address, message.address);
  heap.takeBack(message, { receiverEnded: true });
  assertEquals(heap.stats().liveBlocks, 1);
  heap.takeBack(next);
});

Deno.test("a message of a page that came back does not take back a block of the next page", async () => {
  using heap = new Heap();
  const first = send(heap);
  receiveAllocation(first)[Symbol.dispose]();
  for (let count = 1; count < TICKETS_OF_A_PAGE; count++) {
    receiveAllocation(send(heap))[Symbol.dispose]();
    await heap.transfersReturned();
  }
  const next = send(heap);
  assertEquals([next.ticket, next.address], [first.ticket, first.address]);
  heap.takeBack(first, { receiverEnded: true });
  assertEquals(heap.stats().liveBlocks, 1);
  heap.takeBack(next);
  assertEquals(heap.stats().liveBlocks, 0);
});

Deno.test("a message of another heap is not taken back, even if that was at the same address", async () => {
  const arena = arenaMemory();
  const before = new Heap({ memory: arena });
  const old = send(before);
  receiveAllocation(old)[Symbol.dispose]();
  await before.transfersReturned();
  before[Symbol.dispose]();
  const start = arena.sbrk(0);
  arena.sbrk(-(start - arena.start));
  using heap = new Heap({ memory: arena });
  const message = send(heap);
  assertEquals([message.ticket, message.address], [old.ticket, old.address]);
  assertEquals(usageErrorOf(() => heap.takeBack(old)), [
    "not-owner",
    'Cannot take back allocation "frame" (64 bytes at 0x…): another heap transferred ' +
    "it; call takeBack() of that heap",
  ]);
  assertEquals(heap.stats().liveBlocks, 1);
  heap.takeBack(message);
});

Deno.test("what its owner took back is refused on the side that received it", () => {
  using heap = new Heap();
  const message = send(heap);
  const received = receiveAllocation(message);
  const { bytes } = received;
  heap.takeBack(message, { receiverEnded: true });
  for (
    const use of [
      () => received.bytes,
      () => received.view,
      () => received.pointer,
      () => received.address,
    ]
  ) {
    const [code, text] = usageErrorOf(use);
    assertEquals(code, "disposed");
    assertStringIncludes(text, "its owner took it back");
  }
  assertEquals([received.isDisposed, bytes.length], [true, 0]);
  received[Symbol.dispose]();
});

Deno.test("what a Worker was giving back as it was terminated is taken back", () => {
  using heap = new Heap();
  const message = send(heap);
  receiveAllocation(message);
  const page = new TicketPage(message.page);
  page.change(message.ticket, TICKET.received, TICKET.returned); // and not listed
  heap.takeBack(message);
  assertEquals(heap.stats().liveBlocks, 1);
  heap.takeBack(message, { receiverEnded: true });
  assertEquals(heap.stats().liveBlocks, 0);
  page.giveBack(message.ticket);
  heap.reset();
});

Deno.test("waiting for transfers ends at once where there are none", async () => {
  using heap = new Heap();
  await heap.transfersReturned();
});

Deno.test("more transfers than a page of tickets has all come back, in any order", async () => {
  using heap = new Heap();
  const messages = Array.from(
    { length: 5000 },
    (_, number) => send(heap, 8, String(number)),
  );
  const received = messages.map(receiveAllocation);
  const [odd, even] = [[1, 3, 2], [0, 2, 2]].map(([start]) =>
    received.filter((_, index) => index % 2 === start)
  );
  for (const allocation of [...odd!.reverse(), ...even!]) {
    allocation[Symbol.dispose]();
  }
  await heap.transfersReturned();
  assertEquals(heap.stats().liveBlocks, 0);
  heap.check();
});

Deno.test("a mapping that the system will not take back when it returns is freed later", async () => {
  using arena = arenaMemory();
  const memory = new RefusingMemory(arena);
  using heap = new Heap({ memory });
  const received = receiveAllocation(send(heap, 200_000));
  received[Symbol.dispose]();
  memory.refuses = (_, syscall) => syscall === "munmap";
  await assertRejects(() => heap.transfersReturned(), SystemCallError);
  assertEquals(heap.stats().liveBlocks, 1);
  memory.refuses = never;
  await heap.transfersReturned();
  assertEquals(heap.stats().liveBlocks, 0);
});

const WRONG_PARTS: Readonly<Record<string, unknown>> = {
  osmem: "block",
  address: 0,
  size: -1,
  label: 7,
  page: new SharedArrayBuffer(8),
  ticket: 0,
};

for (const [part, value] of Object.entries(WRONG_PARTS)) {
  Deno.test(`a message with a wrong ${part} is refused`, () => {
    using heap = new Heap();
    const message = send(heap);
    const forged = { ...message, [part]: value } as AllocationMessage;
    const error = assertThrows(
      () => receiveAllocation(forged),
      ArgumentError,
    );
    const named = part === "page" ? "ticket" : part; // the ticket of no such page
    assertEquals(
      error.message.startsWith(
        `Cannot receive an allocation: its ${named} is `,
      ),
      true,
      error.message,
    );
    heap.takeBack(message);
  });
}

const FORGED_PARTS: Readonly<Record<string, unknown>> = {
  address: 16,
  size: 1 << 20,
  ticket: 1024,
};

for (const [part, value] of Object.entries(FORGED_PARTS)) {
  Deno.test(`a message whose ${part} was changed is neither received nor taken back`, () => {
    using heap = new Heap();
    const message = send(heap);
    const forged = { ...message, [part]: value } as AllocationMessage;
    for (
      const [action, use] of [
        ["receive", () => receiveAllocation(forged)],
        ["take back", () => heap.takeBack(forged)],
      ] as const
    ) {
      assertThrows(
        use,
        ArgumentError,
        `Cannot ${action} an allocation: its ${part} is ${value}; expected the whole ` +
          "message that heap.transfer() gave, as it was posted",
      );
    }
    using received = receiveAllocation(message);
    assertEquals(received.bytes.length, 64);
  });
}

for (const value of [undefined, null, 7, "allocation", {}]) {
  Deno.test(`${Deno.inspect(value)} is no message, and is refused`, () => {
    const message = value as unknown as AllocationMessage;
    assertThrows(() => receiveAllocation(message), ArgumentError);
  });
}
