// Header bytes overwritten by the caller: check() says which and where, and no
// later call trusts them.
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type Address,
  arenaMemory,
  type Block,
  CorruptionError,
  Heap,
  InvalidPointerError,
  type Memory,
} from "../../../mod.ts";
import { HEADER_SIZE, headerView } from "../../support/c_header.ts";
import { Contents } from "../../support/contents.ts";
import { Lockstep } from "../../support/lockstep.ts";
import { type Random, seededRandom } from "../../support/seed.ts";
import { callsOf } from "../../support/thoroughness.ts";

interface Field {
  readonly name: string;
  readonly offset: number;
  readonly bytes: 4 | 8;
}

const FIELDS: readonly Field[] = [
  { name: "size", offset: 0, bytes: 8 },
  { name: "status", offset: 8, bytes: 4 },
  { name: "padding", offset: 12, bytes: 4 },
  { name: "prev", offset: 16, bytes: 8 },
  { name: "next", offset: 24, bytes: 8 },
];

/** What an overrun, a stray write or an attacker may leave in a field. */
const DAMAGE: Readonly<Record<string, (value: bigint) => bigint>> = {
  "zero": (value) => value === 0n ? 1n : 0n,
  "8 more": (value) => value + 8n,
  "one bit else": (value) => value ^ 1n,
  "all ones": () => 0xffff_ffff_ffff_ffffn,
  "letters": () => 0x6161_6161_6161_6161n,
  "another upper half": (value) => value ^ (1n << 31n) ^ (1n << 63n),
};

/** A heap that holds a block of each kind. */
class Scene implements Disposable {
  readonly #arena = arenaMemory();
  readonly memory: Memory = this.#arena;
  readonly heap = new Heap({ memory: this.memory });
  readonly contents = new Contents(this.heap);
  readonly blocks: Readonly<Record<string, Block>>;

  constructor() {
    const sizes = [64, 200, 64, 300, 64, 200_000, 400, 400, 64];
    const made = sizes.map((size) => this.heap.malloc(size));
    for (const index of [1, 3]) this.heap.free(made[index]!);
    this.heap.malloc(250);
    for (const index of [6, 7]) this.heap.free(made[index]!);
    for (const { payload, status } of [...this.heap.blocks()]) {
      if (status !== "free") this.contents.write(payload);
    }
    this.blocks = {
      "the first block": this.#block(made[0]!),
      "an allocated block": this.#block(made[2]!),
      "a merged free block": this.#block(made[1]!),
      "a block just freed": this.#block(made[6]!),
      "the block behind a block just freed": this.#block(made[7]!),
      "the free last block": [...this.heap.blocks()].findLast(({ status }) =>
        status === "free"
      )!,
      "a mapping": this.#block(made[5]!),
    };
  }

  /** Overwrites a field; returns what puts it right again. */
  damage(block: Block, field: Field, change: (value: bigint) => bigint) {
    const view = headerView(this.memory, block.address);
    const value = read(view, field);
    write(view, field, change(value));
    return () => write(view, field, value);
  }

  [Symbol.dispose](): void {
    this.heap[Symbol.dispose]();
    this.#arena[Symbol.dispose]();
  }

  #block(payload: Address): Block {
    return [...this.heap.blocks()].find((block) => block.payload === payload)!;
  }
}

function read(view: DataView, { offset, bytes }: Field): bigint {
  return bytes === 8
    ? view.getBigUint64(offset, true)
    : BigInt(view.getUint32(offset, true));
}

function write(view: DataView, { offset, bytes }: Field, value: bigint): void {
  if (bytes === 8) view.setBigUint64(offset, value, true);
  else view.setUint32(offset, Number(value & 0xffff_ffffn), true);
}

const KINDS = (() => {
  using scene = new Scene();
  return Object.keys(scene.blocks);
})();

for (const kind of KINDS) {
  for (const field of FIELDS) {
    Deno.test(`check() finds the ${field.name} of ${kind} overwritten`, () => {
      using scene = new Scene();
      const block = scene.blocks[kind]!;
      for (const [name, change] of Object.entries(DAMAGE)) {
        const repair = scene.damage(block, field, change);
        const error = assertThrows(
          () => scene.heap.check(),
          CorruptionError,
          field.name,
          name,
        );
        assertEquals(error.address, block.address);
        assertStringIncludes(error.invariant, field.name);
        repair();
        scene.heap.check();
      }
    });

    Deno.test(`no call trusts the ${field.name} of ${kind} once it is overwritten`, () => {
      for (const change of Object.values(DAMAGE)) {
        using scene = new Scene();
        scene.damage(scene.blocks[kind]!, field, change);
        exercise(scene);
        scene.contents.verifyAll();
      }
    });
  }
}

/** Makes every call on every block, new ones too. */
function exercise({ heap, contents }: Scene): void {
  const resize = (address: Address, size: number) =>
    contents.moved(address, heap.realloc(address, size), size);
  for (const size of [1000, 24, 250, 40]) contents.write(heap.malloc(size));
  for (const address of contents.addresses) resize(address, 120);
  contents.verifyAll();
  for (const size of [3000, 24, 500]) contents.write(heap.calloc(size, 1));
  const addresses = contents.addresses;
  addresses.filter((_, index) => index % 2 === 0).forEach((address) => {
    contents.verify(address);
    heap.free(address);
    contents.forget(address);
  });
  for (const size of [64, 64, 2000]) contents.write(heap.malloc(size));
}

Deno.test("an overrun into the next header is found there", () => {
  using heap = new Heap();
  const address = heap.malloc(24);
  heap.malloc(24);
  const overrun = new Uint8Array(heap.bytes(address).buffer, 0, 96);
  overrun.fill(0x41, 32, 32 + 24 + 4);
  const error = assertThrows(() => heap.check(), CorruptionError, "size");
  assertEquals(error.address, address + 24);
});

Deno.test("a message of check() says what was found and what was expected", () => {
  using scene = new Scene();
  const block = scene.blocks["an allocated block"]!;
  scene.damage(block, FIELDS[0]!, () => 12345n);
  const { message } = assertThrows(() => scene.heap.check(), CorruptionError);
  assertStringIncludes(message, "12345");
  assertStringIncludes(message, String(block.size));
  assertStringIncludes(message, `0x${block.address.toString(16)}`);
});

Deno.test("free() and realloc() refuse the same pointers whatever the headers say", () => {
  using scene = new Scene();
  const { heap, memory, blocks } = scene;
  const freed = blocks["a block just freed"]!;
  headerView(memory, freed.address).setUint32(8, 1, true);
  assertThrows(() => heap.free(freed.payload), InvalidPointerError);
  assertEquals(heap.realloc(freed.payload, 8), 0);
  const live = blocks["an allocated block"]!;
  headerView(memory, live.address).setUint32(8, 0, true);
  assertEquals(heap.usableSize(live.payload), live.size);
  heap.free(live.payload);
});

Deno.test("a heap whose headers are overwritten at random goes on like the model", () => {
  const random = seededRandom();
  using pair = new Lockstep({ preallocate: 4096, mmapThreshold: 2048 });
  while (pair.calls < callsOf(20_000)) {
    const index = random.between(0, Math.max(pair.live.length - 1, 0));
    const size = random.between(0, random.oneOf([64, 500, 2500]));
    if (pair.live.length < random.between(0, 60)) pair.malloc(size);
    else if (random.oneIn(3)) pair.realloc(index, size);
    else pair.free(index);
    overwriteAHeader(pair, random);
  }
});

function overwriteAHeader({ heap, model }: Lockstep, random: Random): void {
  const blocks = model.blocks();
  const block = blocks[random.between(0, blocks.length - 1)];
  if (!block) return;
  const view = heap.rawHeader(block.address);
  for (let at = 0; at < HEADER_SIZE; at++) {
    if (random.oneIn(4)) view.setUint8(at, random.between(0, 255));
  }
}

Deno.test("a break that was lowered below the heap is found by the next growth", () => {
  using arena = arenaMemory();
  using heap = new Heap({ memory: arena, preallocate: 0 });
  heap.malloc(4096);
  arena.sbrk(-4096);
  const error = assertThrows(() => heap.malloc(8), CorruptionError, "break");
  assertEquals(error.address, arena.sbrk(0));
});
