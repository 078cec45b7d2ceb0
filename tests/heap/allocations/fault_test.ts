// Every system call of programs that hold memory is refused: once, and from then on.
// After each refusal the heap is whole, nothing is half made, and in the end nothing
// is leaked.
import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
} from "@std/assert";
import {
  type Allocation,
  type ArenaMemory,
  arenaMemory,
  Heap,
  type HeapOptions,
  OutOfMemoryError,
  Scope,
  ScopeError,
  SystemCallError,
} from "../../../mod.ts";
import { HeldContents } from "../../support/held_contents.ts";
import { nameOf, POLICIES } from "../../support/policies.ts";
import {
  fromThenOn,
  never,
  once,
  type Refusal,
  RefusingMemory,
} from "../../support/refusing_memory.ts";
import { seededTests } from "../../support/seed.ts";
import { sweep } from "../../support/sweep.ts";
import { casesOf } from "../../support/thoroughness.ts";

/** What a program made so far, by name. */
class World implements Disposable {
  readonly memory: RefusingMemory;
  readonly heap: Heap;
  readonly contents = new HeldContents();
  readonly #arena: ArenaMemory = arenaMemory({ reserve: 1 << 24 });
  readonly #named = new Map<string, Allocation | Scope>();

  constructor(options: HeapOptions, refuses: Refusal) {
    this.memory = new RefusingMemory(this.#arena, refuses);
    this.heap = new Heap({ ...options, memory: this.memory });
  }

  keep(name: string, made: Allocation | Scope): void {
    this.#named.set(name, made);
    if (!(made instanceof Scope)) this.contents.write(made);
  }

  /** A scope, or the heap itself where that could not be made or ended. */
  scope(name: string): Scope | Heap {
    const scope = this.#named.get(name);
    return scope instanceof Scope && !scope.isDisposed ? scope : this.heap;
  }

  /** An allocation, unless it could not be made or ended. */
  allocation(name: string): Allocation | undefined {
    const found = this.#named.get(name);
    return found instanceof Scope || found?.isDisposed ? undefined : found;
  }

  end(name: string): void {
    this.#named.get(name)?.[Symbol.dispose]();
  }

  /** Disposes of everything, on a memory that refuses nothing any more. */
  release(): void {
    this.memory.refuses = never;
    for (const made of this.#named.values()) made[Symbol.dispose]();
    this.heap.check();
    const { liveBlocks, liveBytes, mappedBlocks } = this.heap.stats();
    assertEquals([liveBlocks, liveBytes, mappedBlocks], [0, 0, 0]);
    this.heap[Symbol.dispose]();
    assertEquals(this.memory.mappedBytes, 0, "every mapping was given back");
  }

  [Symbol.dispose](): void {
    this.#arena[Symbol.dispose]();
  }
}

interface Step {
  /** Whether it may have freed a part of what it is to free. */
  readonly isPartial?: boolean;
  run(world: World): void;
}

/** Bytes that make a mapping, unless none are made. */
const LARGE = 20_000;
const THRESHOLD = 16_384;

function make(
  name: string,
  made: (world: World) => Allocation | Scope,
): Step {
  return { run: (world) => world.keep(name, made(world)) };
}

function resize(name: string, size: number): Step {
  return {
    run(world) {
      const allocation = world.allocation(name);
      if (!allocation) return;
      const kept = Math.min(size, allocation.size);
      allocation.resize(size);
      world.contents.verify(allocation, kept);
      world.contents.write(allocation);
    },
  };
}

function end(name: string): Step {
  return { run: (world) => world.end(name) };
}

const RESET: Step = { isPartial: true, run: ({ heap }) => heap.reset() };

const endScope = (name: string): Step => ({ ...end(name), isPartial: true });

const PROGRAMS: Readonly<Record<string, readonly Step[]>> = {
  "allocations of every kind": [
    make("small", ({ heap }) => heap.allocate(100)),
    make("aligned", ({ heap }) => heap.allocate(5000, { align: 4096 })),
    make("mapping", ({ heap }) => heap.allocate(LARGE)),
    make(
      "aligned and large",
      ({ heap }) => heap.allocate(LARGE, { align: 512 }),
    ),
    make("zeroed", ({ heap }) => heap.allocate(9000, { zero: true })),
    resize("small", 2 * LARGE),
    resize("mapping", 2 * LARGE),
    resize("mapping", 1000),
    resize("aligned", 30_000),
    resize("aligned and large", 10),
    resize("small", 3),
    end("mapping"),
    make("again", ({ heap }) => heap.allocate(LARGE)),
    resize("again", LARGE + 8),
    end("again"),
    end("aligned"),
  ],
  "strings, copies and pointers": [
    make("text", ({ heap }) => heap.allocateString("text")),
    make("long text", ({ heap }) => heap.allocateString("x".repeat(LARGE))),
    make("copy", ({ heap }) => heap.allocateFrom(new Float64Array(5000))),
    make("large copy", ({ heap }) => heap.allocateFrom(new Uint8Array(LARGE))),
    make(
      "pointers",
      ({ heap }) =>
        heap.allocatePointers(new Array(3000).fill(null), {
          terminate: true,
        }),
    ),
    end("text"),
    make(
      "aligned text",
      ({ heap }) => heap.allocateString("text", { align: 2048 }),
    ),
    end("long text"),
    end("large copy"),
    end("pointers"),
  ],
  "scopes": [
    make("outer", ({ heap }) => heap.scope({ label: "outer" })),
    make("first", (world) => world.scope("outer").allocate(LARGE)),
    make(
      "second",
      (world) => world.scope("outer").allocateString("x".repeat(LARGE)),
    ),
    make("inner", (world) => world.scope("outer").scope()),
    make("third", (world) => world.scope("inner").allocate(LARGE)),
    make(
      "fourth",
      (world) => world.scope("inner").allocate(9000, { align: 1024 }),
    ),
    resize("third", 2 * LARGE),
    endScope("inner"),
    make(
      "fifth",
      (world) => world.scope("outer").allocate(LARGE, { label: "fifth" }),
    ),
    end("first"),
    endScope("outer"),
    endScope("outer"),
  ],
  "resets": [
    make("scope", ({ heap }) => heap.scope()),
    make("first", (world) => world.scope("scope").allocate(LARGE)),
    make("second", ({ heap }) => heap.allocate(LARGE)),
    make("third", ({ heap }) => heap.allocate(5000, { align: 256 })),
    RESET,
    make("fourth", ({ heap }) => heap.allocate(15_000, { align: 64 })),
    make("fifth", ({ heap }) => heap.allocate(LARGE)),
    RESET,
    RESET,
    make("sixth", ({ heap }) => heap.allocate(LARGE)),
  ],
};

function requireRefusal(error: unknown): void {
  if (error instanceof ScopeError) error.errors.forEach(requireRefusal);
  else if (error instanceof OutOfMemoryError) requireRefusal(error.cause);
  else {
    assertInstanceOf(error, SystemCallError);
    assertEquals(error.code, "ENOMEM");
  }
}

/** Makes a step; if it is refused, sees to it that nothing was lost or half made. */
function attempt(world: World, step: Step): void {
  const before = world.contents.allocations;
  const { liveBlocks } = world.heap.stats();
  const { refused } = world.memory;
  try {
    step.run(world);
  } catch (error) {
    requireRefusal(error);
    assertGreater(world.memory.refused, refused, "no refusal, but an error");
    if (!step.isPartial) {
      assertEquals(world.heap.stats().liveBlocks, liveBlocks);
      assert(before.every(({ isDisposed }) => !isDisposed));
    }
  }
  world.contents.forgetEnded();
  world.contents.verifyAll();
  world.heap.check();
  assertEquals(
    world.heap.stats().liveBlocks,
    world.contents.allocations.length,
    "what is live is known to its user",
  );
}

/** Runs a program; says how many system calls were refused. */
function run(
  program: readonly Step[],
  options: HeapOptions,
  refuses: Refusal,
): number {
  using world = new World(options, refuses);
  for (const step of program) attempt(world, step);
  const { refused } = world.memory;
  world.release();
  return refused;
}

const NUMBERS: Readonly<Record<string, HeapOptions>> = {
  "large ones mapped": { mmapThreshold: THRESHOLD },
  "no preallocation": { mmapThreshold: THRESHOLD, preallocate: 0 },
  "nothing mapped": { mmapThreshold: Infinity, preallocate: 0 },
};

const LEAST_SYSTEM_CALLS = 2; // of a program

const test = seededTests("programs that hold memory");

for (const refusal of [once, fromThenOn]) {
  for (const [name, program] of Object.entries(PROGRAMS)) {
    for (const [numbers, options] of Object.entries(NUMBERS)) {
      Deno.test(`nothing is leaked or half made if a system call is refused ${refusal.name}: ${name}: ${numbers}`, () => {
        sweep(
          (refuses) => run(program, options, refuses),
          refusal,
          LEAST_SYSTEM_CALLS,
        );
      });
    }
  }

  for (const policy of POLICIES) {
    test(`nothing is leaked or half made if a system call is refused ${refusal.name}: ${nameOf(policy)}`, (random) => {
      const options = {
        ...policy,
        ...NUMBERS["no preallocation"],
        recordStacks: "none" as const,
      };
      for (const program of casesOf(Object.values(PROGRAMS), random)) {
        sweep(
          (refuses) => run(program, options, refuses),
          refusal,
          LEAST_SYSTEM_CALLS,
        );
      }
    });
  }
}
