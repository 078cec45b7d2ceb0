import { nativeBindings } from "./library.ts";

const ACTION = { parameters: ["i32"], result: "void" } as const;

/**
 * Does something when native code of this thread calls exit(3), after the functions
 * that it registers itself from now on, and before the process is gone. There is no
 * event loop any more: what is awaited does not happen.
 *
 * @param action Given the status. It must not throw.
 * @returns What takes it back.
 * @throws {TypeError} If the system has no memory to register it.
 * @throws {LibraryError} If the native library cannot be loaded.
 */
export function atExit(action: (status: number) => void): Disposable {
  const { osmem_at_exit } = nativeBindings();
  const callback = new Deno.UnsafeCallback(ACTION, action);
  if (osmem_at_exit(callback.pointer) < 0) {
    callback.close();
    throw new TypeError("Cannot do anything at exit: on_exit(3) has no memory");
  }
  return {
    [Symbol.dispose]() {
      osmem_at_exit(null);
      callback.close();
    },
  };
}
