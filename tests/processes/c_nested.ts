// Calls from C in the midst of other calls: each case is to be run in a process of its
// own with the library, and prints what it found.
import { atExit } from "../../heap/c/exit_action.ts";
import { arenaMemory, Heap } from "../../mod.ts";
import { boundFunctions, osFunctions } from "../support/c_functions.ts";
import { wrapMemory } from "../support/wrap_memory.ts";

const HOOK = { parameters: ["usize"], result: "usize" } as const;
const [name, path] = Deno.args as [string, string];

const { symbols: library } = new Heap().bindToC() && Deno.dlopen(path, {
  allocate_interrupted: { parameters: ["i32", "i32"], result: "i32" },
  allow_interruptions: { parameters: [], result: "void" },
  forbid_interruptions: { parameters: [], result: "void" },
  end_process: { parameters: ["i32"], result: "void" },
});

/** A heap that does this whenever it asks for memory. */
function heapThat(act: () => void): Heap {
  const arena = arenaMemory();
  const sbrk = (increment: number) => {
    if (increment !== 0) act();
    return arena.sbrk(increment);
  };
  return new Heap({ memory: wrapMemory(arena, { sbrk }) });
}

/** A heap that signals may interrupt while it asks for a mapping or gives one back. */
function interruptedHeap(): Heap {
  const arena = arenaMemory();
  const interrupted = <Result>(act: () => Result): Result => {
    library.allow_interruptions();
    try {
      workAMillisecond();
      return act();
    } finally {
      workAMillisecond();
      library.forbid_interruptions();
    }
  };
  return new Heap({
    memory: wrapMemory(arena, {
      mmap: (length) => interrupted(() => arena.mmap(length)),
      munmap: (address, length) =>
        interrupted(() => arena.munmap(address, length)),
    }),
  });
}

/** Calls functions and allocates objects, as JavaScript does. */
function workAMillisecond(): void {
  const begin = performance.now();
  let times: { at: number }[] = [];
  while (performance.now() - begin < 1) {
    times = [...times.slice(-9), { at: performance.now() }];
  }
}

const CASES: Readonly<Record<string, () => unknown>> = {
  "the same bindings"() {
    const inner: number[] = [];
    const heap = heapThat(() => {
      inner.push(os.malloc(64));
      os.free(0);
      inner.push(Number(new Deno.UnsafeFnPointer(hook, HOOK).call(1n)));
    });
    using bindings = heap.bindToC({ os: true });
    const hook = bindings.hook(HOOK, (size) => size);
    const os = osFunctions();
    const held = heap.usableSize(os.malloc(100));
    heap.check();
    const { errorCount, refusedCalls } = bindings;
    return { inner, held, errorCount, refusedCalls };
  },

  "bindings of another heap"() {
    const other = new Heap();
    using otherBindings = other.bindToC();
    const heap = heapThat(() => boundFunctions(otherBindings).malloc(64));
    using bindings = heap.bindToC();
    boundFunctions(bindings).malloc(100);
    return [heap, other].map((each) => each.stats().liveBlocks);
  },

  "a hook's body"() {
    using heap = new Heap();
    using bindings = heap.bindToC();
    const { malloc } = boundFunctions(bindings);
    const inner: number[] = [];
    const hook = bindings.hook(HOOK, (size) => {
      inner.push(heap.usableSize(malloc(size)));
      inner.push(Number(call.call(size)));
      return size;
    });
    const call = new Deno.UnsafeFnPointer(hook, HOOK);
    const outer = [call.call(40n), call.call(48n)].map(Number);
    return { inner, outer };
  },

  "a signal handler"() {
    using heap = interruptedHeap();
    using bindings = heap.bindToC({ os: true });
    const refused = library.allocate_interrupted(20, 60);
    heap.check();
    const { liveBlocks } = heap.stats();
    const { errorCount, refusedCalls } = bindings;
    const areCounted = refusedCalls.nested === refused;
    return { isEnough: refused >= 20, areCounted, errorCount, liveBlocks };
  },

  "exit in an answer"() {
    atExit((status) => console.log(`exits with ${status}`));
    const heap = heapThat(() => library.end_process(6));
    heap.bindToC({ os: true });
    osFunctions().malloc(100);
  },
};

console.log(JSON.stringify(CASES[name]!()));
