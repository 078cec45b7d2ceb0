/** A Worker of `tests/processes/order_worker.ts`. */
export class OrderedWorker implements Disposable {
  readonly #worker = new Worker(
    new URL("../processes/order_worker.ts", import.meta.url),
    { type: "module" },
  );

  /** Gives it an order. Returns what came of it. */
  order<Answer = void>(order: string, given?: unknown): Promise<Answer> {
    const { port1, port2 } = new MessageChannel();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#worker.onerror = (event) => {
      event.preventDefault();
      port1.close();
      reject(new Error(event.message));
    };
    port1.onmessage = ({ data }) => {
      port1.close();
      resolve(data);
    };
    this.#worker.postMessage([order, given], [port2]);
    return promise;
  }

  /** Terminates it. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
