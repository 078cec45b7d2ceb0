import { ArgumentError } from "../../errors/argument_error.ts";
import { nativeExtras } from "../../ffi/library.ts";
import type { Address } from "../../ffi/memory.ts";

/** A function of the C library that a heap can answer. */
type BoundFunction =
  | "malloc"
  | "calloc"
  | "realloc"
  | "free"
  | "usableSize";

/** The functions in the order of `native/bindings.h`. */
const FUNCTIONS: readonly BoundFunction[] = [
  "malloc",
  "calloc",
  "realloc",
  "free",
  "usableSize",
];

/** Heaps that can be bound at the same time: `BINDING_PLACES`. */
const PLACES = 16;

/** Hooks that there can be at the same time: `HOOK_PLACES` in `native/hook.h`. */
const HOOKS = 64;

/** `enum osmem_refusal`: the reasons that JavaScript is still there to read. */
const REFUSAL = { otherThread: 2, nested: 3, deepStack: 4 } as const;

/** A function that answers a call from C: `osmem_answer` in `native/bindings.h`. */
export type Answer = (first: number, second: number) => number;

/** Counts of calls that were refused before they reached TypeScript, by reason. */
export interface RefusedCalls {
  /** Calls from a thread that did not bind the heap. */
  readonly otherThread: number;
  /** Calls during another call, as a signal handler makes them. */
  readonly nested: number;
  /** Calls that left too little of the stack for JavaScript. */
  readonly deepStack: number;
}

const ANSWER = { parameters: ["f64", "f64"], result: "f64" } as const;
const NO_PLACE = -1;

/** A callback that answers a C function of another shape. */
type Hook = Pick<Deno.UnsafeCallback, "pointer" | "close">;

/**
 * C functions that TypeScript answers: a place of `native/bindings.h`. They can be called
 * for as long as the process lives. Once the binding is disposed of, the functions refuse
 * calls, until another binding gets the place: the sixteenth one after it, or an earlier one.
 */
export class NativeBinding implements Disposable {
  readonly #place: number;
  readonly #callbacks: readonly Deno.UnsafeCallback<typeof ANSWER>[];
  readonly #hooks: Hook[] = [];
  /** When the program ends, C may still call: libraries are unloaded after that. */
  readonly #onUnload = () => this.#unbind();
  /** The counts when it ended: another binding may have the place since. */
  #refusedAtEnd: RefusedCalls | undefined;

  /**
   * @param answers Called when C calls. They must not throw.
   * @throws {ArgumentError} If too many heaps are bound already.
   * @throws {LibraryError} If the native library cannot be loaded.
   */
  constructor(answers: Readonly<Record<BoundFunction, Answer>>) {
    const limit = stackLimit();
    this.#callbacks = FUNCTIONS.map((name) =>
      new Deno.UnsafeCallback(ANSWER, answers[name])
    );
    const [malloc, calloc, realloc, free, usableSize] = this.#callbacks.map((
      { pointer },
    ) => pointer) as [
      Deno.PointerObject,
      Deno.PointerObject,
      Deno.PointerObject,
      Deno.PointerObject,
      Deno.PointerObject,
    ];
    this.#place = nativeExtras()
      .osmem_bind(malloc, calloc, realloc, free, usableSize, limit);
    if (this.#place === NO_PLACE) {
      this.#closeCallbacks();
      throw new ArgumentError(
        `Cannot bind another heap to C: ${PLACES} are bound in this process already; ` +
          "dispose of the bindings that are no longer needed",
      );
    }
    globalThis.addEventListener("unload", this.#onUnload);
  }

  /** A function as C calls it: its C type is in `native/bindings.h`. */
  pointerOf<Type>(name: BoundFunction): Deno.PointerObject<Type> {
    return nativeExtras()
      .osmem_function(
        this.#place,
        FUNCTIONS.indexOf(name),
      ) as Deno.PointerObject<Type>;
  }

  /**
   * Makes a C function of another shape, which refuses when the other functions do.
   *
   * @param hook Called when C calls, with up to six integers and pointers. It must not
   * throw. It is closed with this binding.
   * @param unused If the hook takes and returns numbers of type `f64`: for each of six
   * arguments, as `osmem_make_number_hook` says.
   * @throws {ArgumentError} If there are too many hooks already. Then the hook is closed.
   */
  makeHook<Type>(
    hook: Hook,
    unused?: Int8Array<ArrayBuffer>,
  ): Deno.PointerObject<Type> {
    const { osmem_make_hook, osmem_make_number_hook } = nativeExtras();
    const made = unused
      ? osmem_make_number_hook(this.#place, hook.pointer, unused)
      : osmem_make_hook(this.#place, hook.pointer);
    if (made === null) {
      hook.close();
      throw new ArgumentError(
        `Cannot make another hook: there are ${HOOKS} in this process already; ` +
          "dispose of the bindings that are no longer needed",
      );
    }
    this.#hooks.push(hook);
    return made as Deno.PointerObject<Type>;
  }

  /**
   * An argument of the call that is being answered, with all its bits: the answer is
   * given a number, which loses bits above 2^53.
   */
  exactArgument(index: 0 | 1): bigint {
    return nativeExtras().osmem_argument(this.#place, index);
  }

  /** Makes `free(NULL)` call its answer too, which takes as long as any call. */
  hearOfNull(): void {
    nativeExtras().osmem_hear_of_null(this.#place);
  }

  /** Makes these functions answer the `os_*` functions of C. */
  serveOs(): void {
    nativeExtras().osmem_serve(this.#place);
  }

  /** Counts of calls that were refused before they reached TypeScript. */
  get refused(): RefusedCalls {
    if (this.#refusedAtEnd) return this.#refusedAtEnd;
    const count = (reason: number) =>
      nativeExtras().osmem_refused(this.#place, reason);
    return {
      otherThread: count(REFUSAL.otherThread),
      nested: count(REFUSAL.nested),
      deepStack: count(REFUSAL.deepStack),
    };
  }

  /** Makes the functions and the hooks refuse from now on. */
  [Symbol.dispose](): void {
    if (this.#refusedAtEnd) return;
    this.#unbind();
    this.#closeCallbacks();
  }

  #unbind(): void {
    this.#refusedAtEnd = this.refused;
    nativeExtras().osmem_unbind(this.#place);
    globalThis.removeEventListener("unload", this.#onUnload);
  }

  #closeCallbacks(): void {
    for (const callback of this.#callbacks) callback.close();
    for (const hook of this.#hooks) hook.close();
  }
}

/**
 * Bytes of stack kept for answering a call, many times what that takes: a heap that ran
 * out of stack half way through a call would be left half changed.
 */
const RESERVE = 128 * 1024;

let limit: Address | undefined;

/**
 * The lowest address that this thread's stack may have reached when C calls TypeScript.
 * V8 uses a part of the stack, 984 KiB by default and more with `--v8-flags=--stack-size`.
 * It does not say where that part ends, so a recursion finds the end. A thread may have
 * less stack than V8 assumes: a Worker has 4 MiB.
 *
 * ```text
 *   stack's end        limit                                 where it begins
 *   │ guard │ reserve  │ C may call                               <── grows │
 *           └ or V8's end, where that comes first
 * ```
 */
export function stackLimit(): Address {
  return limit ??= findEnd() + RESERVE;
}

/** Bytes before the very end of the stack that the recursion does not enter. */
const GUARD = 64 * 1024;

/** The end of the part of the stack that JavaScript can use. */
function findEnd(): Address {
  const { osmem_stack_position, osmem_stack_end } = nativeExtras();
  const lowest = osmem_stack_end() + GUARD;
  let position = Infinity;
  const descend = () => {
    position = osmem_stack_position();
    if (position > lowest) descend();
  };
  try {
    descend();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return position;
}
