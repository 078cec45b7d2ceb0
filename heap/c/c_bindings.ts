import { UsageError } from "../../errors/usage_error.ts";
import { NativeBinding, type RefusedCalls } from "./native_binding.ts";
import { type CAnswers, CCalls, ErrorLog, type HeapCalls } from "./c_calls.ts";
import {
  guardHook,
  type HookDefinition,
  requireHookDefinition,
} from "./hook.ts";

/** Options for {@linkcode Heap.bindToC}. */
export interface CBindingsOptions {
  /**
   * Whether C programs that are linked with `libosmem.so` get their memory from this
   * heap: the `os_*` functions of the whole process go to it, until these bindings
   * are disposed of or others ask for the same.
   *
   * @default {false}
   */
  readonly os?: boolean;
}

/** What else those who record or trace calls ask for. */
export interface AllBindingOptions extends CBindingsOptions {
  /** Whether `free(NULL)` is passed on too, although it changes nothing. */
  readonly everyCall?: boolean;
}

/**
 * An argument of the call from C that is being answered, with all its bits. What
 * answers is given a number, which has lost some of them above 2^53.
 *
 * It is no method, because only what traces calls should see it.
 *
 * @param bindings Those that C called through.
 * @param index The first argument or the second.
 */
export let exactArgument: (bindings: CBindings, index: 0 | 1) => bigint;

/** Whether C is calling a heap at this moment, through what {@linkcode bindCalls} made. */
export let isCalling: (heap: HeapCalls) => boolean;

/** An open binding is held here: C has pointers that the collector does not see. */
const open = new Set<CBindings>();

/** What bindings call. */
const boundHeaps = new WeakMap<CBindings, HeapCalls>();

/**
 * A heap as C functions, for libraries that let their allocator be chosen. Made by
 * {@linkcode Heap.bindToC}. The function pointers can be called for as long as the
 * process lives. Once this is disposed of, what is called through them fails like a
 * refused allocation, until the place that it had is given to others: there are
 * sixteen, taken in turn, and the sixteenth bindings that are made after these, or
 * earlier ones if others are still open, answer to these pointers too. Let C forget
 * them before that.
 *
 * No error ever reaches C. Where there is no memory it gets NULL, with `errno` set to
 * `ENOMEM`. A wrong pointer is reported on standard error with what it is, remembered
 * in {@linkcode CBindings.errors}, and otherwise ignored.
 *
 * What JavaScript could not answer is refused with a line on standard error:
 *
 * | a call | why |
 * |---|---|
 * | from another thread than made the bindings | functions that call back must be called as usual, not with `nonblocking` |
 * | in the midst of another call of the same functions | a signal handler may have interrupted JavaScript |
 * | in a process that C forked off | JavaScript was not forked |
 * | with too much of the stack in use | JavaScript has 984 KiB, or what `--v8-flags=--stack-size=` gives it, and 128 KiB of that are kept in reserve |
 *
 * No call may be left with longjmp(3): these bindings would refuse ever after. Nor may
 * a signal handler call them: the engine ends the process where one interrupts other
 * JavaScript than these functions, such as the body of a hook or another heap.
 *
 * Where a program or a Worker ends with bindings still open, C is refused from then
 * on: it may free memory in functions of atexit(3) and in destructors. One case is
 * lost: a library that is unloaded because of an uncaught error, or with a Worker, and
 * only then frees memory in its destructor. Dispose of the bindings first, or link
 * such a library with `-z nodelete`.
 *
 * @example Give a heap to a C library
 * ```ts
 * import { Heap } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * using heap = new Heap();
 * using bindings = heap.bindToC();
 *
 * // What a C library does with the pointers that it is given:
 * const malloc = new Deno.UnsafeFnPointer(bindings.malloc, {
 *   parameters: ["usize"],
 *   result: "pointer",
 * });
 * const free = new Deno.UnsafeFnPointer(bindings.free, {
 *   parameters: ["pointer"],
 *   result: "void",
 * });
 * free.call(malloc.call(100n));
 * assertEquals(heap.stats().liveBlocks, 0);
 * ```
 */
export class CBindings implements Disposable {
  /** `void *malloc(size_t size)`. */
  readonly malloc: Deno.PointerObject<{
    readonly parameters: readonly ["usize"];
    readonly result: "pointer";
  }>;
  /** `void *calloc(size_t nmemb, size_t size)`. */
  readonly calloc: Deno.PointerObject<{
    readonly parameters: readonly ["usize", "usize"];
    readonly result: "pointer";
  }>;
  /** `void *realloc(void *ptr, size_t size)`. */
  readonly realloc: Deno.PointerObject<{
    readonly parameters: readonly ["pointer", "usize"];
    readonly result: "pointer";
  }>;
  /** `void free(void *ptr)`. */
  readonly free: Deno.PointerObject<{
    readonly parameters: readonly ["pointer"];
    readonly result: "void";
  }>;
  /** `size_t usableSize(void *ptr)`: bytes that a block holds; 0 for NULL. */
  readonly usableSize: Deno.PointerObject<{
    readonly parameters: readonly ["pointer"];
    readonly result: "usize";
  }>;

  readonly #log: ErrorLog;
  readonly #native: NativeBinding;
  /** Calls from C that are under way. */
  #calls = 0;
  #isOpen = true;

  static {
    exactArgument = (bindings, index) => bindings.#native.exactArgument(index);
    isCalling = (heap) =>
      [...open].some((bindings) =>
        bindings.#calls > 0 && boundHeaps.get(bindings) === heap
      );
  }

  /**
   * Use {@linkcode Heap.bindToC}.
   *
   * @param answers Answers C.
   * @param log Where the errors of these answers are kept.
   * @param options Whether to serve the `os_*` functions, and to pass on every call.
   */
  constructor(answers: CAnswers, log: ErrorLog, options: AllBindingOptions) {
    this.#log = log;
    this.#native = new NativeBinding({
      malloc: (size) => this.#during(() => answers.malloc(size)),
      calloc: (nmemb, size) => this.#during(() => answers.calloc(nmemb, size)),
      realloc: (address, size) =>
        this.#during(() => answers.realloc(address, size)),
      free: (address) => this.#during(() => answers.free(address)),
      usableSize: (address) => this.#during(() => answers.usableSize(address)),
    });
    this.malloc = this.#native.pointerOf("malloc");
    this.calloc = this.#native.pointerOf("calloc");
    this.realloc = this.#native.pointerOf("realloc");
    this.free = this.#native.pointerOf("free");
    this.usableSize = this.#native.pointerOf("usableSize");
    if (options.everyCall) this.#native.hearOfNull();
    if (options.os) this.#native.serveOs();
    open.add(this);
  }

  /** What went wrong in calls from C: the first thousand errors, in order. */
  get errors(): readonly Error[] {
    return this.#log.errors;
  }

  /** How many errors there were. */
  get errorCount(): number {
    return this.#log.count;
  }

  /** Calls, also of hooks, that were refused before they reached JavaScript. */
  get refusedCalls(): RefusedCalls {
    return this.#native.refused;
  }

  /**
   * A C function of another shape, for libraries whose hooks are not those of
   * malloc(3). Its body uses the heap as it likes: an error that it throws is treated
   * like one of the other functions, and C gets NULL or 0.
   *
   * What is refused to the other functions is refused to it, and then C gets NULL or 0
   * as well. Its body may call C that calls the other functions, but not the hook
   * itself. A process has 64 hooks at most.
   *
   * @param definition The C function's types: up to six integers and pointers.
   * @param body What it does.
   * @returns The function, until these bindings are disposed of.
   * @throws {UsageError} If they are, or a type is no integer, boolean or pointer.
   * @throws {ArgumentError} If there are more than six parameters, or 64 hooks already.
   *
   * @example Lua's hook: one function for all
   * ```ts
   * import { Heap } from "@osmem/osmem";
   *
   * using heap = new Heap();
   * using bindings = heap.bindToC();
   * const allocate = bindings.hook(
   *   { parameters: ["pointer", "pointer", "usize", "usize"], result: "pointer" },
   *   (_data, block, _oldSize, size) =>
   *     heap.pointer(heap.realloc(heap.address(block), Number(size))),
   * );
   * const call = new Deno.UnsafeFnPointer(allocate, {
   *   parameters: ["pointer", "pointer", "usize", "usize"],
   *   result: "pointer",
   * });
   * call.call(null, call.call(null, null, 0n, 100n), 100n, 0n);
   * ```
   */
  hook<const Definition extends HookDefinition>(
    definition: Definition,
    body: Deno.UnsafeCallbackFunction<
      Definition["parameters"],
      Definition["result"]
    >,
  ): Deno.PointerObject<Definition> {
    if (!this.#isOpen) {
      throw new UsageError(
        "disposed",
        "Cannot make a hook of these bindings: they were disposed; bind the heap anew",
      );
    }
    requireHookDefinition(definition);
    const guarded = guardHook(definition, body, this.#log);
    const counted = (...args: Parameters<typeof body>) =>
      this.#during(() => guarded(...args));
    return this.#native.makeHook(
      new Deno.UnsafeCallback(definition, counted as typeof body),
    );
  }

  /**
   * Ends the bindings: C is refused from now on. The heap goes on without them. Doing
   * so twice is harmless.
   *
   * @throws {UsageError} If a call from C is under way.
   */
  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    if (this.#calls > 0) {
      throw new UsageError(
        "in-call",
        "Cannot dispose of bindings while C is calling through them; do it after the call",
      );
    }
    this.#isOpen = false;
    this.#native[Symbol.dispose]();
    open.delete(this);
  }

  #during<Result>(call: () => Result): Result {
    this.#calls++;
    try {
      return call();
    } finally {
      this.#calls--;
    }
  }
}

/** Makes bindings of a heap, or of what records it. */
export function bindCalls(
  heap: HeapCalls,
  options: AllBindingOptions = {},
): CBindings {
  const log = new ErrorLog();
  const bindings = new CBindings(new CCalls(heap, log), log, options);
  boundHeaps.set(bindings, heap);
  return bindings;
}
