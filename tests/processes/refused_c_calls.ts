// Calls from C that end on standard error, which native code writes: each case is to
// be run in a process of its own, and prints what C was answered.
import { libraryPath } from "../../ffi/library.ts";
import { Heap } from "../../mod.ts";
import { boundFunctions, osFunctions } from "../support/c_functions.ts";

const SIZE_MAX = 2n ** 64n - 1n;

const CASES: Readonly<Record<string, () => void>> = {
  "never bound"() {
    libraryPath();
    callOs();
  },

  "no longer served"() {
    using heap = new Heap();
    heap.bindToC({ os: true })[Symbol.dispose]();
    using _notAsked = heap.bindToC();
    callOs();
  },

  "stale functions"() {
    using heap = new Heap();
    const bindings = heap.bindToC();
    const stale = boundFunctions(bindings);
    bindings[Symbol.dispose]();
    for (let turn = 1; turn < 15; turn++) heap.bindToC()[Symbol.dispose]();
    using _fifteenth = heap.bindToC({ os: true });
    const answers = [
      stale.malloc(8),
      stale.calloc(1, 8),
      stale.realloc(4096, 8),
    ];
    stale.free(4096);
    answers.push(stale.usableSize(4096));
    using other = new Heap();
    using _sixteenth = other.bindToC();
    stale.malloc(8);
    print({
      answers,
      blocksOfFifteenth: heap.stats().liveBlocks,
      blocksOfSixteenth: other.stats().liveBlocks,
    });
  },

  "stale hook"() {
    using heap = new Heap();
    const definition = { parameters: ["i32"], result: "i32" } as const;
    const bindings = heap.bindToC();
    const stale = bindings.hook(definition, () => 1);
    bindings[Symbol.dispose]();
    using others = heap.bindToC();
    others.hook(definition, () => 2);
    print({ answer: new Deno.UnsafeFnPointer(stale, definition).call(0) });
  },

  "collected"() {
    bindAndForget();
    const { gc } = globalThis as unknown as { gc(): void };
    for (let turns = 0; turns < 5; turns++) gc();
    const os = osFunctions();
    const address = os.malloc(100);
    os.free(address);
    console.log(address > 0 ? "answered" : "refused");
  },
};

/** In a frame of its own, so that nothing on the stack refers to the bindings. */
function bindAndForget(): void {
  new Heap().bindToC({ os: true });
}

function callOs(): void {
  const os = osFunctions();
  const answers = [
    os.malloc(100),
    os.calloc(SIZE_MAX, SIZE_MAX),
    os.realloc(4096, 2n ** 53n + 1n),
  ];
  os.free(4096);
  os.free(0);
  print(answers);
}

function print(value: unknown): void {
  console.log(JSON.stringify(value));
}

CASES[Deno.args[0]!]!();
