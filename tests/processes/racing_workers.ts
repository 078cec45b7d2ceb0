// Four Workers that all raise the program break as fast as they can, each with a
// heap of its own on it. Prints for each how many blocks lost their contents.
const WORKERS = [1, 2, 3, 4];

function ask(mark: number): Promise<number> {
  const url = new URL("./raise_break_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => {
      port1.close();
      worker.terminate();
      resolve(data);
    };
    worker.postMessage(mark, [port2]);
  });
}

console.log(JSON.stringify(await Promise.all(WORKERS.map(ask))));
