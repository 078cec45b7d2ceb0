// Allocations that are freed together.
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type Allocation,
  arenaMemory,
  ArgumentError,
  CorruptionError,
  Heap,
  type HeapOptions,
  type Scope,
  ScopeError,
  SystemCallError,
  UsageError,
} from "../../../mod.ts";
import { RecordingMemory } from "../../support/recording_memory.ts";
import { poke } from "../../support/poke.ts";
import { RefusingMemory } from "../../support/refusing_memory.ts";
import { StderrLines } from "../../support/stderr_lines.ts";
import { IS_THOROUGH } from "../../support/thoroughness.ts";

const MAPPED = 200_000;

/** More scopes than the stack has room for calls, even of a function that does nothing. */
const DEPTH = IS_THOROUGH ? 50_000 : 25_000;

/** So many blocks that the heap would grow past all doubt if any were kept. */
const LONG = IS_THOROUGH ? 100_000 : 20_000;

Deno.test("a scope frees what was allocated through it, the newest first", () => {
  using arena = arenaMemory();
  const memory = new RecordingMemory(arena);
  using heap = new Heap({ memory });
  const scope = heap.scope();
  const sizes = [MAPPED, MAPPED + 4096, MAPPED + 8192];
  const addresses = sizes.map((size) =>
    memory.placeOf(scope.allocate(size).address)
  );
  memory.systemCalls = [];
  scope[Symbol.dispose]();
  assertEquals(
    memory.systemCalls.map(({ name, address }) => [name, address + 32]),
    addresses.reverse().map((address) => ["munmap", address]),
  );
});

Deno.test("strings, copies and pointers of a scope are freed with it", () => {
  using heap = new Heap();
  {
    using scope = heap.scope();
    const text = scope.allocateString("text");
    const copy = scope.allocateFrom(new Uint16Array(8));
    scope.allocatePointers([text, copy, null]);
    assertEquals([scope.size, heap.stats().liveBlocks], [3, 3]);
  }
  assertEquals(heap.stats().liveBlocks, 0);
  heap.check();
});

Deno.test("a scope in a scope ends with it, in its turn, or before", () => {
  using heap = new Heap();
  const outer = heap.scope();
  const inner = outer.scope();
  const innermost = inner.scope();
  const all = [outer, inner, innermost].map((scope) => scope.allocate(8));
  outer.scope()[Symbol.dispose]();
  assertEquals([outer.size, inner.size, innermost.size], [2, 2, 1]);
  inner[Symbol.dispose]();
  assertEquals(all.map(({ isDisposed }) => isDisposed), [false, true, true]);
  assertEquals(
    [outer, inner, innermost].map(({ isDisposed }) => isDisposed),
    [false, true, true],
  );
  outer[Symbol.dispose]();
  assertEquals(heap.stats().liveBlocks, 0);
});

Deno.test("an allocation that is moved out of a scope outlives it", () => {
  using heap = new Heap();
  let kept: Allocation;
  {
    using scope = heap.scope();
    scope.allocate(8);
    kept = scope.moveOut(scope.allocate(16));
    assertEquals(scope.size, 1);
  }
  assertEquals([kept.isDisposed, heap.stats().liveBlocks], [false, 1]);
  kept[Symbol.dispose]();
  assertEquals(heap.stats().liveBlocks, 0);
});

Deno.test("an allocation that is moved into another scope ends with that", () => {
  using heap = new Heap();
  using outer = heap.scope();
  using other = heap.scope();
  const moved: Allocation[] = [];
  {
    using inner = outer.scope();
    moved.push(inner.moveOut(inner.allocate(8), outer));
    moved.push(inner.moveOut(inner.allocate(8), other));
  }
  assertEquals(moved.map(({ isDisposed }) => isDisposed), [false, false]);
  outer[Symbol.dispose]();
  assertEquals(moved.map(({ isDisposed }) => isDisposed), [true, false]);
  other.moveOut(moved[1]!)[Symbol.dispose]();
  assertEquals([other.size, heap.stats().liveBlocks], [0, 0]);
});

Deno.test("an allocation may be moved within its own scope, where it becomes the newest", () => {
  using heap = new Heap();
  using scope = heap.scope();
  const allocation = scope.allocate(8);
  scope.moveOut(allocation, scope);
  assertEquals(scope.size, 1);
});

Deno.test("moving what is not in a scope, or into one of another heap, is refused", () => {
  using heap = new Heap();
  using other = new Heap();
  using scope = heap.scope({ label: "request" });
  using loose = heap.allocate(8, { label: "loose" });
  const error = assertThrows(() => scope.moveOut(loose), ArgumentError);
  assertStringIncludes(error.message, 'allocation "loose" (8 bytes at 0x');
  assertStringIncludes(
    error.message,
    'out of scope "request": it is not in that scope',
  );
  const held = scope.allocate(8);
  using elsewhere = other.scope();
  assertThrows(
    () => scope.moveOut(held, elsewhere),
    ArgumentError,
    "of another heap",
  );
  held[Symbol.dispose]();
  assertThrows(() => scope.moveOut(held), UsageError, "Cannot move allocation");
  assertEquals([scope.size, elsewhere.size], [0, 0]);
});

Deno.test("a scope that lives long keeps nothing of what was disposed of before", () => {
  using heap = new Heap({ recordStacks: "none" });
  using scope = heap.scope();
  for (let call = 0; call < LONG; call++) {
    using inner = scope.scope();
    using _early = scope.allocate(32);
    scope.moveOut(inner.moveOut(inner.allocate(8), scope))[Symbol.dispose]();
  }
  assertEquals(scope.size, 0);
  const { footprintBytes, liveBlocks } = heap.stats();
  assertEquals(liveBlocks, 0);
  assertLess(footprintBytes, 200_000);
});

Deno.test("disposing of a scope twice is harmless", () => {
  using heap = new Heap();
  const scope = heap.scope();
  scope.allocate(8);
  scope[Symbol.dispose]();
  scope[Symbol.dispose]();
  assertEquals([scope.isDisposed, heap.stats().liveBlocks], [true, 0]);
});

/** Everything that a scope can be asked for. */
const USES: Readonly<Record<string, (scope: Scope, open: Scope) => unknown>> = {
  "allocate": (scope) => scope.allocate(8),
  "allocateString": (scope) => scope.allocateString("text"),
  "allocateFrom": (scope) => scope.allocateFrom(new Uint8Array(8)),
  "allocatePointers": (scope) => scope.allocatePointers([null]),
  "scope": (scope) => scope.scope(),
  "moveOut": (scope, open) => scope.moveOut(open.allocate(8)),
  "moveOut into it": (scope, open) => open.moveOut(open.allocate(8), scope),
};

const ENDS: Readonly<Record<string, (heap: Heap, scope: Scope) => void>> = {
  'scope "request": it was disposed of': (_, scope) => scope[Symbol.dispose](),
  'scope "request": its heap was reset': (heap) => heap.reset(),
  'scope "request": its heap was disposed of': (heap) => heap[Symbol.dispose](),
};

for (const [name, use] of Object.entries(USES)) {
  for (const [message, end] of Object.entries(ENDS)) {
    Deno.test(`using a scope that ended is refused: ${name}: ${message}`, () => {
      using heap = new Heap();
      using other = new Heap();
      const scope = heap.scope({ label: "request" });
      scope.allocate(8);
      end(heap, scope);
      const error = assertThrows(() => use(scope, other.scope()), UsageError);
      assertEquals(error.code, "disposed");
      assertStringIncludes(error.message, message);
      assertStringIncludes(
        error.message,
        "pen a new scope, or dispose of this one later",
      );
      assertEquals([scope.isDisposed, scope.size], [true, 0]);
    });
  }
}

Deno.test("a scope whose memory was given back refuses to allocate, and can be disposed of", () => {
  const arena = arenaMemory();
  using heap = new Heap({ memory: arena });
  using scope = heap.scope();
  const held = scope.allocate(8);
  arena[Symbol.dispose]();
  for (const size of [8, MAPPED]) {
    assertThrows(() => scope.allocate(size), UsageError);
  }
  scope[Symbol.dispose]();
  assertEquals([scope.size, held.isDisposed], [0, true]);
});

Deno.test("what a scope freed says whose scope it was", () => {
  using heap = new Heap({ recordStacks: "none" });
  const scope = heap.scope({ label: "request" });
  const frame = scope.allocate(8, { label: "frame" });
  const inner = scope.scope().allocate(8);
  const { address } = frame;
  scope[Symbol.dispose]();
  assertThrows(
    () => frame.bytes,
    UsageError,
    `Cannot take the bytes of allocation "frame" (8 bytes at 0x${
      address.toString(16)
    }): ` +
      'its scope "request" was disposed of; allocate again, or dispose of it later',
  );
  assertThrows(
    () => inner.bytes,
    UsageError,
    'its scope "request" was disposed of',
  );
});

/** A heap whose memory refuses to take mappings back while `isRefusing`. */
class StubbornHeap implements Disposable {
  isRefusing = false;
  readonly #arena = arenaMemory();
  readonly memory = new RefusingMemory(
    this.#arena,
    (_, syscall) => this.isRefusing && syscall === "munmap",
  );
  readonly heap: Heap;

  constructor(options: HeapOptions = {}) {
    this.heap = new Heap({ ...options, memory: this.memory });
  }

  [Symbol.dispose](): void {
    this.isRefusing = false;
    this.heap[Symbol.dispose]();
    this.#arena[Symbol.dispose]();
  }
}

Deno.test("a scope whose munmap fails frees everything else, lists the rest, and finishes later", () => {
  using stubborn = new StubbornHeap();
  const { heap, memory } = stubborn;
  const outer = heap.scope({ label: "request" });
  const small = outer.allocate(8);
  const page = outer.allocate(MAPPED, { label: "page" });
  const inner = outer.scope();
  const innerPage = inner.allocate(MAPPED);
  const innerSmall = inner.allocate(8);
  stubborn.isRefusing = true;
  const error = assertThrows(() => outer[Symbol.dispose](), ScopeError);
  assertEquals(error.code, "frees-refused");
  assertEquals(error.allocations, [innerPage, page]);
  for (const refusal of error.errors) {
    assertInstanceOf(refusal, SystemCallError);
  }
  assertStringIncludes(
    error.message,
    'Cannot free everything in scope "request":\n',
  );
  assertStringIncludes(error.message, 'allocation "page" (200000 bytes at 0x');
  assertStringIncludes(error.message, ": munmap() failed with ENOMEM");
  assertStringIncludes(
    error.message,
    "2 of its allocations are still live",
  );
  assertEquals([small.isDisposed, innerSmall.isDisposed], [true, true]);
  assertEquals([page.isDisposed, page.bytes.length], [false, MAPPED]);
  assertThrows(() => outer.allocate(8), UsageError, "it was disposed of");
  assertThrows(() => inner.allocate(8), UsageError, 'its scope "request" was');
  assertEquals([outer.size, inner.size, heap.stats().liveBlocks], [2, 1, 2]);
  assertThrows(() => outer[Symbol.dispose](), ScopeError);
  stubborn.isRefusing = false;
  inner[Symbol.dispose]();
  assertEquals([outer.size, innerPage.isDisposed], [1, true]);
  outer[Symbol.dispose]();
  assertEquals([heap.stats().liveBlocks, memory.mappedBytes], [0, 0]);
  heap.check();
});

Deno.test("a single allocation that is not freed is reported in the singular", () => {
  using stubborn = new StubbornHeap();
  const scope = stubborn.heap.scope();
  const page = scope.allocate(MAPPED);
  stubborn.isRefusing = true;
  const error = assertThrows(() => scope[Symbol.dispose](), ScopeError);
  assertStringIncludes(
    error.message,
    "\n1 of its allocations is still live, all others were freed; dispose of",
  );
  stubborn.isRefusing = false;
  page[Symbol.dispose]();
});

/** Allocates in a scope of a debug heap, and writes behind the allocation's end. */
function overrun(scope: Scope, label: string, size: number): Allocation {
  const allocation = scope.allocate(size, { label });
  poke(allocation.address + size, 0);
  return allocation;
}

Deno.test("a scope that finds an overrun has freed all, and throws what it found", () => {
  using heap = new Heap({ debug: true });
  const outer = heap.scope();
  const scope = outer.scope();
  const damaged = overrun(scope, "frame", 10);
  const intact = scope.allocate(8);
  const error = assertThrows(() => outer[Symbol.dispose](), CorruptionError);
  assertEquals([error.code, error.block?.label], ["overrun", "frame"]);
  assertEquals([damaged.isDisposed, intact.isDisposed], [true, true]);
  assertEquals(
    [outer.size, scope.size, heap.stats().liveBlocks],
    [0, 0, 0],
  );
  outer[Symbol.dispose]();
});

Deno.test("of several overruns the newest is thrown, the others are printed", () => {
  using heap = new Heap({ debug: true });
  const scope = heap.scope();
  for (const label of ["first", "second", "third"]) overrun(scope, label, 10);
  using stderr = new StderrLines();
  const error = assertThrows(() => scope[Symbol.dispose](), CorruptionError);
  assertEquals(error.block?.label, "third");
  const told = stderr.lines.filter((line) => line.startsWith("osmem: "));
  assertEquals(
    told.map((line) => /block "(\w+)"/.exec(line)?.[1]),
    ["second", "first"],
  );
});

Deno.test("if frees are refused too, overruns are printed", () => {
  using stubborn = new StubbornHeap({ debug: true });
  const scope = stubborn.heap.scope();
  const page = scope.allocate(MAPPED);
  overrun(scope, "frame", 10);
  using stderr = new StderrLines();
  stubborn.isRefusing = true;
  const error = assertThrows(() => scope[Symbol.dispose](), ScopeError);
  assertEquals([error.allocations, scope.size], [[page], 1]);
  assertStringIncludes(stderr.lines[0]!, 'block "frame" (10 bytes at 0x');
  stubborn.isRefusing = false;
  scope[Symbol.dispose]();
  assertEquals(stubborn.heap.stats().liveBlocks, 0);
});

Deno.test("scopes may be nested deeper than calls", () => {
  using heap = new Heap({ recordStacks: "none" });
  const outermost = heap.scope();
  let scope = outermost;
  for (let depth = 0; depth < DEPTH; depth++) {
    scope.allocate(8);
    scope = scope.scope();
  }
  outermost[Symbol.dispose]();
  assertEquals([outermost.size, scope.isDisposed], [0, true]);
  assertEquals(heap.stats().liveBlocks, 0);
});

Deno.test("a scope cannot be posted, nor cloned", () => {
  using heap = new Heap();
  using scope = heap.scope({ label: "request" });
  const error = assertThrows(() => structuredClone(scope), DOMException);
  assertEquals(error.name, "DataCloneError");
  assertStringIncludes(error.message, "a Scope belongs to the isolate");
  const { port1, port2 } = new MessageChannel();
  assertThrows(() => port1.postMessage(scope), DOMException, "a Scope belongs");
  for (const port of [port1, port2]) port.close();
});

Deno.test("if the body and the frees of its scope throw, neither error is lost", () => {
  using stubborn = new StubbornHeap();
  const cause = new Error("the body");
  const error = assertThrows(() => {
    using scope = stubborn.heap.scope();
    scope.allocate(MAPPED);
    stubborn.isRefusing = true;
    throw cause;
  }, SuppressedError);
  assertInstanceOf(error.error, ScopeError);
  assertEquals(error.suppressed, cause);
  const [page] = error.error.allocations;
  stubborn.isRefusing = false;
  page![Symbol.dispose]();
  assertEquals(stubborn.heap.stats().liveBlocks, 0);
});

Deno.test("an allocation whose free was refused is freed by its scope later", () => {
  using stubborn = new StubbornHeap();
  using scope = stubborn.heap.scope();
  const page = scope.allocate(MAPPED);
  stubborn.isRefusing = true;
  assertThrows(() => page[Symbol.dispose](), SystemCallError);
  assertEquals([page.isDisposed, scope.size], [false, 1]);
  stubborn.isRefusing = false;
  scope[Symbol.dispose]();
  assert(page.isDisposed);
});

Deno.test("a resized allocation stays in its scope", () => {
  using heap = new Heap();
  const scope = heap.scope();
  const list = scope.allocate(8);
  scope.allocate(8);
  list.resize(MAPPED);
  assertEquals(scope.size, 2);
  scope[Symbol.dispose]();
  assertEquals([list.isDisposed, heap.stats().liveBlocks], [true, 0]);
});

Deno.test("the console shows what a scope has to free", () => {
  using heap = new Heap({ recordStacks: "none" });
  const scope = heap.scope({ label: "request" });
  scope.allocate(8);
  assertEquals(Deno.inspect(scope), 'scope "request" (1 to free)');
  scope[Symbol.dispose]();
  assertEquals(
    Deno.inspect(scope),
    'scope "request" (0 to free): it was disposed of',
  );
  assertEquals(Deno.inspect(heap.scope()), "scope (0 to free)");
});
