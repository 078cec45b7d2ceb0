// Ends Workers in which C keeps memory until the thread ends.
const [how, path] = Deno.args;
const url = new URL("./c_ending_worker.ts", import.meta.url);

for (let count = 0; count < 3; count++) {
  const worker = new Worker(url, { type: "module" });
  worker.onmessage = () => worker.terminate();
  worker.postMessage({ path, closes: how === "closes" });
}
