import { nativeBindings } from "./library.ts";
import { stackLimit } from "./stack_limit.ts";

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

/** What is called when C calls: `osmem_answer` in `native/bindings.h`. */
export type Answer = (first: number, second: number) => number;

/** Why calls were refused before they reached TypeScript, and how many were. */
export interface RefusedCalls {
  /** Calls from another thread than the one that bound the heap. */
  readonly otherThread: number;
  /** Calls where too little of the stack was left for JavaScript. */
  readonly deepStack: number;
}

const ANSWER = { parameters: ["f64", "f64"], result: "f64" } as const;
const NO_PLACE = -1;

/**
 * C functions that are answered in TypeScript: a place of `native/bindings.h`. They
 * stay good for as long as the process lives; once this is disposed they refuse.
 */
export class NativeBinding implements Disposable {
  readonly #place: number;
  readonly #callbacks: readonly Deno.UnsafeCallback<typeof ANSWER>[];
  /** The program ends: C may still call, when libraries are unloaded. */
  readonly #onUnload = () => this.#unbind();
  /** What was refused until it ended: others may have the place since. */
  #refusedAtEnd: RefusedCalls | undefined;

  /**
   * @param answers Called when C calls. They must not throw.
   * @throws {RangeError} If too many heaps are bound already.
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
    this.#place = nativeBindings()
      .osmem_bind(malloc, calloc, realloc, free, usableSize, limit);
    if (this.#place === NO_PLACE) {
      this.#closeCallbacks();
      throw new RangeError(
        "Cannot bind another heap to C: 16 are bound in this process already; " +
          "dispose of the bindings that are no longer needed",
      );
    }
    globalThis.addEventListener("unload", this.#onUnload);
  }

  /** A function as C calls it: its type is the one in `native/bindings.h`. */
  pointerOf<Type>(name: BoundFunction): Deno.PointerObject<Type> {
    return nativeBindings()
      .osmem_function(
        this.#place,
        FUNCTIONS.indexOf(name),
      ) as Deno.PointerObject<Type>;
  }

  /** From now on the `os_*` functions of C are these. */
  serveOs(): void {
    nativeBindings().osmem_serve(this.#place);
  }

  /** Calls that were refused before they reached TypeScript. */
  get refused(): RefusedCalls {
    if (this.#refusedAtEnd) return this.#refusedAtEnd;
    const { osmem_refused } = nativeBindings();
    return {
      otherThread: osmem_refused(this.#place, 0),
      deepStack: osmem_refused(this.#place, 1),
    };
  }

  /** Ends it: the functions refuse every call from now on. */
  [Symbol.dispose](): void {
    if (this.#refusedAtEnd) return;
    this.#unbind();
    this.#closeCallbacks();
  }

  #unbind(): void {
    this.#refusedAtEnd = this.refused;
    nativeBindings().osmem_unbind(this.#place);
    globalThis.removeEventListener("unload", this.#onUnload);
  }

  #closeCallbacks(): void {
    for (const callback of this.#callbacks) callback.close();
  }
}
