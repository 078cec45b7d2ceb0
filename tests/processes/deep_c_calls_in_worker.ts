// Runs deep_c_calls.ts in a Worker, whose stack is smaller than the main thread's.
const url = new URL("./deep_c_calls.ts", import.meta.url);
const worker = new Worker(url, { type: "module" });
worker.onmessage = () => worker.terminate();
