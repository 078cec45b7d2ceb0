import { ArgumentError } from "../../errors/argument_error.ts";
import { nativeExtras } from "../../ffi/library.ts";
import type { Address } from "../../ffi/memory.ts";

/** A function of the C library that a heap can answer for. */
export type BoundFunction =
  | "malloc"
  | "calloc"
  | "realloc"
  | "free"
  | "usableSize";

/** In the order in which `native/bindings.h` counts them. */
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

/** `enum osmem_refusal`: those that JavaScript is still there to read. */
const REFUSAL = { otherThread: 2, nested: 3, deepStack: 4 } as const;

/** What is called when C calls: `osmem_answer` in `native/bindings.h`. */
export type Answer = (first: number, second: number) => number;

/** Why calls were refused before they reached TypeScript, and how many were. */
export interface RefusedCalls {
  /** Calls from another thread than the one that bound the heap. */
  readonly otherThread: number;
  /** Calls in the midst of another one, as a signal handler makes them. */
  readonly nested: number;
  /** Calls where too little of the stack was left for JavaScript. */
  readonly deepStack: number;
}

const ANSWER = { parameters: ["f64", "f64"], result: "f64" } as const;
const NO_PLACE = -1;

/** The answer to C functions of another shape. */
type Hook = Pick<Deno.UnsafeCallback, "pointer" | "close">;

/**
 * C functions that are answered in TypeScript: a place of `native/bindings.h`. They
 * can be called for as long as the process lives. Once this is disposed they refuse,
 * until their place is another binding's: the sixteenth one after it at the latest.
 */
export class NativeBinding implements Disposable {
  readonly #place: number;
  readonly #callbacks: readonly Deno.UnsafeCallback<typeof ANSWER>[];
  readonly #hooks: Hook[] = [];
  /** The program ends: C may still call, when libraries are unloaded. */
  readonly #onUnload = () => this.#unbind();
  /** What was refused until it ended: others may have the place since. */
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

  /** A function as C calls it: its type is the one in `native/bindings.h`. */
  pointerOf<Type>(name: BoundFunction): Deno.PointerObject<Type> {
    return nativeExtras()
      .osmem_function(
        this.#place,
        FUNCTIONS.indexOf(name),
      ) as Deno.PointerObject<Type>;
  }

  /**
   * A C function of another shape, which refuses where the other functions do.
   *
   * @param hook Called when C calls, with up to six integers and pointers. It must not
   * throw, and is closed with this binding.
   * @throws {ArgumentError} If there are too many hooks already. Then it is closed.
   */
  makeHook<Type>(hook: Hook): Deno.PointerObject<Type> {
    const made = nativeExtras().osmem_make_hook(this.#place, hook.pointer);
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
   * An argument of the call that is being answered, with all its bits: the number that
   * an answer is given has lost some of them above 2^53.
   */
  exactArgument(index: 0 | 1): bigint {
    return nativeExtras().osmem_argument(this.#place, index);
  }

  /** From now on frees of NULL are answered too: they take as long as others. */
  hearOfNull(): void {
    nativeExtras().osmem_hear_of_null(this.#place);
  }

  /** From now on the `os_*` functions of C are these. */
  serveOs(): void {
    nativeExtras().osmem_serve(this.#place);
  }

  /** Calls that were refused before they reached TypeScript. */
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

  /** Ends it: the functions and the hooks refuse from now on. */
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
 * Bytes of stack that answering a call takes at most, and much more: a heap that ran
 * out of stack half way through a call would be left half changed.
 */
const RESERVE = 128 * 1024;

let limit: Address | undefined;

/**
 * The lowest address that this thread's stack may have reached when C calls
 * TypeScript. V8 has a part of the stack, 984 KiB by default and more with
 * `--v8-flags=--stack-size`; where that ends it does not tell, so this goes there. A
 * thread may have less than V8 takes it to have: a Worker has 4 MiB.
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

/** Bytes before the stack's very end that nothing here goes into. */
const GUARD = 64 * 1024;

/** Where the part of the stack ends that JavaScript can use. */
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
