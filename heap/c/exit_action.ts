import { nativeExtras } from "../../ffi/library.ts";
import { stackLimit } from "./native_binding.ts";

const ACTION = { parameters: ["i32"], result: "void" } as const;

/**
 * Calls a function when native code of this thread calls exit(3). It runs after the
 * functions that native code registers from now on, and before the process ends. There
 * is no event loop any more: nothing after an `await` runs. JavaScript cannot be called
 * if another thread calls exit(3), if a signal handler does so during a call that is
 * being answered, or if too much of the stack is in use. A line on standard error then
 * says so.
 *
 * Only programs that run C need this, so it is not part of what `mod.ts` loads.
 *
 * @param action Called with the exit status. It must not throw.
 * @returns Disposing of it takes the action back.
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
