/**
 * Whether this isolate is a Worker, and not the main thread. Workers of the web and of
 * `node:worker_threads` have the same tag, though only the first have its constructor.
 */
export function isWorker(): boolean {
  const { [Symbol.toStringTag]: tag } = globalThis as {
    readonly [Symbol.toStringTag]?: string;
  };
  return tag?.endsWith("WorkerGlobalScope") ?? false;
}
