// Calls from C in other threads than the one that bound a heap: each case is to be run
// in a process of its own, and prints what it found.
import { libraryPath } from "../../ffi/library.ts";
import { Heap } from "../../mod.ts";
import { bindAllPlaces, PLACES } from "../support/bind_all_places.ts";
import { boundFunctions } from "../support/c_functions.ts";

const MALLOC = { parameters: ["usize"], result: "pointer" } as const;
const [name, library] = Deno.args;

const CASES: Readonly<Record<string, () => unknown>> = {
  "a thread of C's"() {
    using heap = new Heap();
    using bindings = heap.bindToC({ os: true });
    const block = heap.malloc(8);
    const { symbols } = Deno.dlopen(library!, {
      refused_in_thread: { parameters: ["pointer"], result: "i32" },
    });
    const refused = symbols.refused_in_thread(heap.pointer(block));
    heap.check();
    return {
      refused,
      liveBlocks: heap.stats().liveBlocks,
      refusedCalls: bindings.refusedCalls,
    };
  },

  "a hook in a thread of C's"() {
    using heap = new Heap();
    using bindings = heap.bindToC();
    const definition = { parameters: ["usize"], result: "usize" } as const;
    const hook = bindings.hook(definition, (size) => size + 1n);
    const { symbols } = Deno.dlopen(library!, {
      call_in_thread: { parameters: ["function", "usize"], result: "usize" },
    });
    const answer = symbols.call_in_thread(hook, 6n);
    const here = new Deno.UnsafeFnPointer(hook, definition).call(6n);
    return {
      answers: [answer, here].map(Number),
      refusedCalls: bindings.refusedCalls,
    };
  },

  async "a nonblocking call"() {
    using heap = new Heap();
    using bindings = heap.bindToC({ os: true });
    const { symbols } = Deno.dlopen(libraryPath(), {
      os_malloc: { ...MALLOC, nonblocking: true },
    });
    const answer = await symbols.os_malloc(100n);
    return { answer, refusedCalls: bindings.refusedCalls };
  },

  async "a Worker beside"() {
    using heap = new Heap();
    using bindings = heap.bindToC();
    const { worker, malloc } = await startWorker();
    const address = boundFunctions(bindings).malloc(40);
    const held = [heap.usableSize(address), await order(worker, "call")];
    const foreign = malloc.call(100n);
    worker.terminate();
    return { held, foreign };
  },

  "terminated Workers": () => endWorkers((worker) => worker.terminate()),

  "closed Workers": () => endWorkers((worker) => worker.postMessage("close")),
};

/** Ends as many Workers as there are places, and waits for all of these. */
async function endWorkers(end: (worker: Worker) => void): Promise<unknown> {
  const started = [];
  for (let place = 0; place < PLACES; place++) {
    started.push(await startWorker());
  }
  for (const { worker } of started) end(worker);
  const bound = await bindAllPlaces();
  const hooks = Array.from(
    { length: 64 },
    () => bound[0]!.hook({ parameters: [], result: "void" }, () => {}),
  );
  for (const bindings of bound) bindings[Symbol.dispose]();
  const answers = started.map(({ malloc }) => malloc.call(8n));
  return {
    bound: bound.length,
    hooks: hooks.length,
    answers: [...new Set(answers)],
  };
}

async function startWorker() {
  const url = new URL("./c_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const address = await nextMessage(worker) as bigint;
  const pointer = Deno.UnsafePointer.create(
    address,
  ) as Deno.PointerObject<typeof MALLOC>;
  return { worker, malloc: new Deno.UnsafeFnPointer(pointer, MALLOC) };
}

function order(worker: Worker, what: string): Promise<unknown> {
  worker.postMessage(what);
  return nextMessage(worker);
}

function nextMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}

console.log(JSON.stringify(await CASES[name!]!()));
