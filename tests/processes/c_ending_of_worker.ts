// Ends a Worker in which C keeps memory until the thread ends, and waits for that.
import { nativeBindings } from "../../ffi/library.ts";

const NO_PLACE = -1;
const [how, path] = Deno.args;
const url = new URL("./c_ending_worker.ts", import.meta.url);
const { osmem_served } = nativeBindings();

const worker = new Worker(url, { type: "module" });
const kept = new Promise((resolve) => worker.onmessage = resolve);
worker.postMessage(path);
await kept;
if (how === "closes") worker.postMessage("close");
else worker.terminate();
await until(() => osmem_served() === NO_PLACE);
await pause(100); // the thread is in its last steps

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(1);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
