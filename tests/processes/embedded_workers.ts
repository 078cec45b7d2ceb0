// Eight Workers that load the native library at the same moment. Prints, as JSON, the
// address at which each found the same function; first that of the main thread, if it is
// to load the library before them.
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

function start(task: Task): Promise<number> {
  const url = new URL("./embedded_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => {
      port1.close();
      worker.terminate();
      resolve(data);
    };
    worker.postMessage(task, [port2]);
  });
}

const [beginning] = Deno.args as [Beginning];
const before = beginning === "main first" ? [addressOfSbrk()] : [];
const ready = new SharedArrayBuffer(4);
const addresses = await Promise.all(
  Array.from(
    { length: WORKERS },
    () => start({ ready, workers: WORKERS, beginning }),
  ),
);
console.log(JSON.stringify([...before, ...addresses]));
