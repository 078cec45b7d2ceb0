// Uses a heap where the system sets this limit to nearly nothing, and prints the error,
// what came of a use with the limit as it was, and the cause of the error. As JSON, so
// that a test can read it.
import { Heap, LibraryError } from "../../mod.ts";

const SIGXFSZ = 25; // what a process is sent that writes beyond its limit
const SIG_IGN = Deno.UnsafePointer.create(1n);

const { getrlimit, setrlimit, signal } = Deno.dlopen("libc.so.6", {
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  signal: { parameters: ["i32", "pointer"], result: "pointer" },
}).symbols;

/** The message of the last error's cause. */
let cause = "";

function use(): string {
  try {
    using heap = new Heap();
    return heap.malloc(8) === 0 ? "no memory" : "loaded";
  } catch (error) {
    if (!(error instanceof LibraryError)) throw error;
    cause = (error.cause as Error).message;
    return error.message;
  }
}

function useWithin(resource: number, limit: bigint): string {
  const usual = new BigUint64Array(2);
  getrlimit(resource, usual);
  setrlimit(resource, new BigUint64Array([limit, usual[1]!]));
  const outcome = use();
  setrlimit(resource, usual);
  return outcome;
}

const [resource, limit] = Deno.args as [string, string];
signal(SIGXFSZ, SIG_IGN);
const refused = useWithin(Number(resource), BigInt(limit));
console.log(JSON.stringify([refused, use(), cause]));
