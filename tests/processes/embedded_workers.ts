// Eight Workers that load the native library at the same moment. Prints, as JSON, the
// address at which each found the same function; first that of the main thread, if it is
// to load the library before them.
import { askWorker } from "./ask_worker.ts";
import { addressOfSbrk } from "./embedded_worker.ts";

const WORKERS = 8;

/** How the Workers begin, and who loads the library before. */
export type Beginning = "main first" | "workers only" | "each its own";

/** What a Worker is told. */
export interface Task {
  /** A number that counts those that are ready, so that they begin together. */
  readonly ready: SharedArrayBuffer;
  readonly workers: number;
  readonly beginning: Beginning;
}

const [beginning] = Deno.args as [Beginning];
const before = beginning === "main first" ? [addressOfSbrk()] : [];
const ready = new SharedArrayBuffer(4);
const task: Task = { ready, workers: WORKERS, beginning };
const addresses = await Promise.all(
  Array.from(
    { length: WORKERS },
    () => askWorker<number>("embedded_worker.ts", task),
  ),
);
console.log(JSON.stringify([...before, ...addresses]));
