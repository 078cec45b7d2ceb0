// A call from C in the depth of the stack, ever less deep until it is answered for the
// first time: prints how deep that was, in KiB. The arguments are the library, how deep
// it begins in KiB, whether the heap is recorded, and the call.
import { Heap } from "../../mod.ts";
import { record } from "../../lab/mod.ts";

const SYMBOLS = {
  call_at_depth: {
    parameters: ["f64", "u32", "pointer", "usize"],
    result: "pointer",
  },
} as const satisfies Deno.ForeignLibraryInterface;

interface DeepCall {
  /** Its number in `tests/support/c/stack.c`. */
  readonly code: number;
  readonly size: bigint;
  /** Whether the pointer is that of no block. */
  readonly isWrong: boolean;
}

const CALLS: Readonly<Record<string, DeepCall>> = {
  "os_malloc of a heap block": { code: 0, size: 100n, isWrong: false },
  "os_malloc of a mapping": { code: 0, size: 200_000n, isWrong: false },
  "os_calloc": { code: 1, size: 5000n, isWrong: false },
  "os_realloc": { code: 2, size: 70_000n, isWrong: false },
  "os_realloc of a wrong pointer": { code: 2, size: 8n, isWrong: true },
  "os_free": { code: 3, size: 0n, isWrong: false },
  "os_free of a wrong pointer": { code: 3, size: 0n, isWrong: true },
};

const [path, deepest, recorded, name] = Deno.args as [
  string,
  string,
  "plain" | "recorded",
  string,
];
const { code, size, isWrong } = CALLS[name]!;

using heap = new Heap();
const block = heap.malloc(40);
using bindings = recorded === "recorded"
  ? record(heap).bindToC({ os: true })
  : heap.bindToC({ os: true });
const { call_at_depth } = Deno.dlopen(path, SYMBOLS).symbols;
const pointer = heap.pointer(isWrong ? block + 8 : block);

let kib = Number(deepest);
let refused = 0;
while (true) {
  call_at_depth(kib * 1024, code, pointer, size);
  if (bindings.refusedCalls.deepStack === refused) break;
  refused++;
  heap.check();
  kib -= Math.max(1, Math.trunc(kib / 1000));
}
heap.check();
console.log(JSON.stringify({ kib, refused, errors: bindings.errorCount }));
if ("postMessage" in self) (self as unknown as Worker).postMessage("done");
