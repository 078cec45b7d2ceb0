// Ends a Worker in which C keeps memory until the thread ends, and waits for that.
import { bindAllPlaces, PLACES } from "../support/bind_all_places.ts";

const [how, path] = Deno.args;
const url = new URL("./c_ending_worker.ts", import.meta.url);

const worker = new Worker(url, { type: "module" });
const kept = new Promise((resolve) => worker.onmessage = resolve);
worker.postMessage(path);
await kept;
if (how === "closes") worker.postMessage("close");
else worker.terminate();

const bound = await bindAllPlaces(); // the Worker's among them
if (bound.length < PLACES) throw new Error("the Worker keeps its place");
for (const bindings of bound) bindings[Symbol.dispose]();
await new Promise((resolve) => setTimeout(resolve, 100)); // its last steps
