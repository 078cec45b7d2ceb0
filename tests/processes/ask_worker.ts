/**
 * Starts a Worker with a module of this folder, asks it one thing, and ends it.
 *
 * @param name The module's file.
 * @param question What it is sent, with the port for its answer.
 */
export function askWorker<Answer>(
  name: string,
  question: unknown,
): Promise<Answer> {
  const url = new URL(name, import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => {
      port1.close();
      worker.terminate();
      resolve(data);
    };
    worker.postMessage(question, [port2]);
  });
}
