// C functions of any shape whose bodies use a heap.
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Heap, type HookDefinition } from "../../../mod.ts";
import { StderrLines } from "../../support/stderr_lines.ts";

/** What C gets from a hook of each type that throws. */
const NOTHING: Readonly<Record<string, unknown>> = {
  void: null,
  bool: false,
  u8: 0,
  i8: 0,
  u16: 0,
  i16: 0,
  u32: 0,
  i32: 0,
  u64: 0n,
  i64: 0n,
  usize: 0n,
  isize: 0n,
  pointer: null,
  buffer: null,
  function: null,
};

for (const [type, nothing] of Object.entries(NOTHING)) {
  const result = type as HookDefinition["result"];
  Deno.test(`a hook of type ${type} that throws gives C nothing, and is logged`, () => {
    using heap = new Heap();
    using bindings = heap.bindToC();
    const definition = { parameters: [], result } as const;
    const hook = bindings.hook(definition, () => {
      throw new Error(`no ${type} today`);
    });
    using stderr = new StderrLines();
    const call = new Deno.UnsafeFnPointer(hook, definition);
    assertEquals(call.call() ?? null, nothing);
    assertEquals(bindings.errors.map(({ message }) => message), [
      `no ${type} today`,
    ]);
    assertEquals(stderr.lines, [`osmem: no ${type} today`]);
  });
}

const LUA = {
  parameters: ["pointer", "pointer", "usize", "usize"],
  result: "pointer",
} as const;

Deno.test("a hook gives C what its body gives", () => {
  using heap = new Heap();
  using bindings = heap.bindToC();
  const hook = bindings.hook(
    LUA,
    (_data, block, _oldSize, size) =>
      heap.pointer(heap.realloc(heap.address(block), Number(size))),
  );
  const call = new Deno.UnsafeFnPointer(hook, LUA);
  const block = call.call(null, null, 0n, 100n);
  assertEquals(heap.usableSize(heap.address(block)), 104);
  const larger = call.call(null, block, 100n, 1000n);
  assertEquals(heap.usableSize(heap.address(larger)), 1000);
  assertEquals(call.call(null, larger, 1000n, 0n), null);
  assertEquals(heap.stats().liveBlocks, 0);
});

const SIZED = { parameters: ["usize"], result: "pointer" } as const;

Deno.test("a hook whose heap is out of memory gives NULL, and that is no error", () => {
  using heap = new Heap();
  using bindings = heap.bindToC();
  const hook = bindings.hook(
    SIZED,
    (size) => heap.pointer(heap.malloc(Number(size))),
  );
  const call = new Deno.UnsafeFnPointer(hook, SIZED);
  assertEquals(call.call(2n ** 50n), null);
  assertEquals(bindings.errorCount, 0);
});

const NO_ERRORS: readonly (readonly [thrown: unknown, message: string])[] = [
  ["a string", "a string"],
  [undefined, "undefined"],
  [Symbol("odd"), "Symbol(odd)"],
  [Object.create(null), "[Object: null prototype] {}"],
];

for (const [thrown, message] of NO_ERRORS) {
  Deno.test(`a hook that throws no Error but ${message} is logged with one`, () => {
    using heap = new Heap();
    using bindings = heap.bindToC();
    const hook = bindings.hook(SIZED, () => {
      throw thrown;
    });
    using stderr = new StderrLines();
    assertEquals(new Deno.UnsafeFnPointer(hook, SIZED).call(1n), null);
    assertEquals(bindings.errors[0]?.message, message);
    assertEquals(stderr.lines, [`osmem: ${message}`]);
  });
}

const EVERY_WIDTH = {
  parameters: ["i8", "u16", "i32", "u64", "bool", "pointer"],
  result: "i64",
} as const;

Deno.test("a hook gets six arguments as C gives them", () => {
  using heap = new Heap();
  using bindings = heap.bindToC();
  const seen: unknown[] = [];
  const hook = bindings.hook(EVERY_WIDTH, (...args) => {
    const pointer = args.at(-1) as Deno.PointerValue;
    seen.push(...args.slice(0, -1), Deno.UnsafePointer.value(pointer));
    return -(2n ** 63n);
  });
  const call = new Deno.UnsafeFnPointer(hook, EVERY_WIDTH);
  const pointer = Deno.UnsafePointer.create(4096n);
  const answer = call.call(
    -1,
    0xffff,
    -(2 ** 31),
    2n ** 64n - 1n,
    true,
    pointer,
  );
  assertEquals(seen, [-1, 0xffff, -(2 ** 31), 2n ** 64n - 1n, true, 4096n]);
  assertEquals(answer, -(2n ** 63n));
});

const IN_NUMBERS = { ...EVERY_WIDTH, numbers: true } as const;

Deno.test("a hook with numbers gets six arguments of every width as numbers", () => {
  using heap = new Heap();
  using bindings = heap.bindToC();
  const seen: number[] = [];
  const hook = bindings.hook(IN_NUMBERS, (...args) => {
    seen.push(...args);
    return -(2 ** 53);
  });
  const call = new Deno.UnsafeFnPointer(hook, EVERY_WIDTH);
  const pointer = Deno.UnsafePointer.create(0x7fff_ffff_fff8n);
  const answer = call.call(-1, 0xffff, -(2 ** 31), 2n ** 53n, true, pointer);
  assertEquals(seen, [-1, 0xffff, -(2 ** 31), 2 ** 53, 1, 0x7fff_ffff_fff8]);
  assertEquals(answer, -(2n ** 53n));
});

Deno.test("a hook with numbers gets unsigned and signed integers as C means them", () => {
  using heap = new Heap();
  using bindings = heap.bindToC();
  const types = {
    parameters: ["u8", "i16", "u32", "isize", "pointer"],
    result: "u32",
  } as const;
  const seen: number[] = [];
  const hook = bindings.hook({ ...types, numbers: true }, (...args) => {
    seen.push(...args);
    return 2 ** 32 - 1;
  });
  const call = new Deno.UnsafeFnPointer(hook, types);
  const answer = call.call(255, -(2 ** 15), 2 ** 32 - 1, -1n, null);
  assertEquals(seen, [255, -(2 ** 15), 2 ** 32 - 1, -1, 0]);
  assertEquals(answer, 2 ** 32 - 1);
});

for (
  const [what, answer, expected] of [
    ["an address as a pointer", 4096, 4096n],
    ["0 as NULL", 0, 0n],
    ["what is not a number as NULL", NaN, 0n],
    ["more than any register holds as NULL", 2 ** 70, 0n],
    ["less than any register holds as NULL", -Infinity, 0n],
    ["nothing as NULL", undefined, 0n],
  ] as const
) {
  Deno.test(`a hook with numbers gives C ${what}`, () => {
    using heap = new Heap();
    using bindings = heap.bindToC();
    const types = { parameters: [], result: "pointer" } as const;
    const hook = bindings.hook(
      { ...types, numbers: true },
      () => answer as number,
    );
    const got = new Deno.UnsafeFnPointer(hook, types).call();
    assertEquals(Deno.UnsafePointer.value(got), expected);
  });
}

Deno.test("a hook with numbers that throws gives C nothing, and is logged", () => {
  using heap = new Heap();
  using bindings = heap.bindToC();
  const types = { parameters: ["usize"], result: "pointer" } as const;
  const hook = bindings.hook({ ...types, numbers: true }, (size) => {
    throw new Error(`no ${size} bytes today`);
  });
  using stderr = new StderrLines();
  assertEquals(new Deno.UnsafeFnPointer(hook, types).call(8n), null);
  assertEquals(stderr.lines, ["osmem: no 8 bytes today"]);
});

Deno.test("hooks with numbers and others can be made one after the other in a place", () => {
  using heap = new Heap();
  const types = { parameters: ["usize"], result: "usize" } as const;
  for (let turn = 0; turn < 70; turn++) {
    using bindings = heap.bindToC();
    const exact = bindings.hook(types, (size) => size + 1n);
    const numbers = bindings.hook(
      { ...types, numbers: true },
      (size) => size + 2,
    );
    const most = 2n ** 64n - 2n;
    assertEquals(new Deno.UnsafeFnPointer(exact, types).call(most), most + 1n);
    assertEquals(new Deno.UnsafeFnPointer(numbers, types).call(40n), 42n);
  }
});

const IMPOSSIBLE: readonly (readonly [
  what: string,
  definition: Deno.UnsafeCallbackDefinition,
])[] = [
  ['a parameter of type "f64"', { parameters: ["f64"], result: "void" }],
  ['a parameter of type "f32"', { parameters: ["u8", "f32"], result: "void" }],
  ['a result of type "f32"', { parameters: [], result: "f32" }],
  ['a result of type "f64"', { parameters: [], result: "f64" }],
  ["a result of type { struct: [", {
    parameters: [],
    result: { struct: ["u8"] },
  }],
  ["a parameter of type { struct: [", {
    parameters: [{ struct: ["u8"] }],
    result: "void",
  }],
  ['a parameter of type "void"', {
    parameters: ["void" as Deno.NativeType],
    result: "void",
  }],
];

for (const [what, definition] of IMPOSSIBLE) {
  Deno.test(`a hook cannot have ${what}`, () => {
    using heap = new Heap();
    using bindings = heap.bindToC();
    const error = assertThrows(
      () => bindings.hook(definition as HookDefinition, () => undefined),
      TypeError,
      "expected an integer, a boolean or a pointer",
    );
    assertStringIncludes(error.message, `Cannot make a hook with ${what}`);
  });
}

Deno.test("a hook cannot have seven parameters", () => {
  using heap = new Heap();
  using bindings = heap.bindToC();
  const parameters = Array.from({ length: 7 }, () => "i32" as const);
  assertThrows(
    () => bindings.hook({ parameters, result: "i32" }, () => 0),
    RangeError,
    "Cannot make a hook with 7 parameters: a hook has at most 6",
  );
});

Deno.test("sixty-four hooks can be made, each with its own body, and others once they are disposed of", () => {
  using heap = new Heap();
  for (let turn = 0; turn < 3; turn++) {
    using bindings = heap.bindToC();
    const definition = { parameters: [], result: "u32" } as const;
    const hooks = Array.from(
      { length: 64 },
      (_, number) => bindings.hook(definition, () => number),
    );
    assertThrows(
      () => bindings.hook(definition, () => 64),
      RangeError,
      "Cannot make another hook: there are 64 in this process already",
    );
    for (const [number, hook] of hooks.entries()) {
      assertEquals(new Deno.UnsafeFnPointer(hook, definition).call(), number);
    }
  }
});

Deno.test("bindings that were disposed of make no hooks", () => {
  using heap = new Heap();
  const bindings = heap.bindToC();
  bindings[Symbol.dispose]();
  assertThrows(
    () => bindings.hook(SIZED, () => null),
    TypeError,
    "they were disposed; bind the heap again",
  );
});

Deno.test("bindings cannot be disposed of in a call of their hook", () => {
  using heap = new Heap();
  using bindings = heap.bindToC();
  const hook = bindings.hook(SIZED, () => {
    bindings[Symbol.dispose]();
    return null;
  });
  const call = new Deno.UnsafeFnPointer(hook, SIZED);
  using _stderr = new StderrLines();
  call.call(1n);
  call.call(1n);
  assertEquals(bindings.errors.map(({ message }) => message), [
    "Cannot dispose of bindings while C is calling through them; do it after the call",
    "Cannot dispose of bindings while C is calling through them; do it after the call",
  ]);
});
