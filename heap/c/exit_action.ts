import { nativeExtras } from "../../ffi/library.ts";
import { stackLimit } from "./native_binding.ts";

const ACTION = { parameters: ["i32"], result: "void" } as const;

/**
 * Does something when native code of this thread calls exit(3), after the functions
 * that it registers itself from now on, and before the process is gone. There is no
 * event loop any more: what is awaited does not happen. Where JavaScript cannot be
 * called, because another thread calls exit(3), or a signal handler in the midst of a
 * call that is answered, or too much of the stack is used, a line on standard error
 * says so.
 *
 * @param action Given the status. It must not throw.
 * @returns What takes it back.
 * @throws {Error} If the system has no memory to register it.
 * @throws {LibraryError} If the native library cannot be loaded.
 */
export function atExit(action: (status: number) => void): Disposable {
  const { osmem_at_exit } = nativeExtras();
  const limit = stackLimit();
  const callback = new Deno.UnsafeCallback(ACTION, action);
  if (osmem_at_exit(callback.pointer, limit) < 0) {
    callback.close();
    throw new Error(
      "Cannot do anything at exit: on_exit(3) has no memory; give the process more",
    );
  }
  return {
    [Symbol.dispose]() {
      osmem_at_exit(null, limit);
      callback.close();
    },
  };
}
