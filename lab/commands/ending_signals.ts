/** Exit statuses of what a signal ended, as shells give them. */
const ENDED_BY = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type EndingSignal = keyof typeof ENDED_BY;

/**
 * Does something when the process is told to end, by Ctrl-C or otherwise, before it
 * does.
 *
 * @param action What is to be done, without awaiting anything.
 * @returns What takes it back.
 */
export function beforeEndingSignal(action: () => void): Disposable {
  const listeners = (Object.keys(ENDED_BY) as EndingSignal[]).map((signal) => {
    const end = () => {
      action();
      Deno.exit(ENDED_BY[signal]);
    };
    Deno.addSignalListener(signal, end);
    return () => Deno.removeSignalListener(signal, end);
  });
  return {
    [Symbol.dispose]: () => listeners.forEach((remove) => remove()),
  };
}
