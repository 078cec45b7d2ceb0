/**
 * A heap as C functions: {@linkcode CBindings}, and the hooks that they make.
 *
 * @module
 */
import { ArgumentError } from "../../errors/argument_error.ts";
import { OutOfMemoryError } from "../../errors/system_errors.ts";
import { UsageError } from "../../errors/usage_error.ts";
import { type CAnswers, CCalls, ErrorLog, type HeapCalls } from "./c_calls.ts";
import {
  type Answer,
  NativeBinding,
  type RefusedCalls,
} from "./native_binding.ts";

/** Options for {@linkcode Heap.bindToC}. */
export interface CBindingsOptions {
  /**
   * Whether C programs that are linked with `libosmem.so` get their memory from this
   * heap: it answers the `os_*` functions of the whole process until these bindings are
   * disposed of, or other bindings are made with this option.
   *
   * @default {false}
   */
  readonly os?: boolean;
}

/** Options for bindings whose calls are recorded or traced. */
export interface AllBindingOptions extends CBindingsOptions {
  /** Whether `free(NULL)` is answered too, although it changes nothing. */
  readonly everyCall?: boolean;
}

/** Binds a heap, or its recording, to C. */
export function bindCalls(
  heap: HeapCalls,
  options: AllBindingOptions = {},
): CBindings {
  const log = new ErrorLog();
  const bindings = new CBindings(new CCalls(heap, log), log, options);
  boundHeaps.set(bindings, heap);
  return bindings;
}

/** Open bindings are kept alive: C has pointers that the collector does not see. */
const open = new Set<CBindings>();

/** The heap that bindings call. */
const boundHeaps = new WeakMap<CBindings, HeapCalls>();

/**
 * An argument of the call from C that is being answered, with all its bits. The answer
 * is given a number, which loses bits above 2^53.
 *
 * It is not a method, because only code that traces calls needs it.
 *
 * @param bindings The bindings that C called through.
 * @param index The first argument or the second.
 */
export let exactArgument: (bindings: CBindings, index: 0 | 1) => bigint;

/** Whether C is calling a heap at this moment, through bindings of {@linkcode bindCalls}. */
export let isCalling: (heap: HeapCalls) => boolean;

/**
 * A heap as C functions, for libraries that let their allocator be chosen. Made by
 * {@linkcode Heap.bindToC}.
 *
 * The function pointers can be called for as long as the process lives. Once the bindings
 * are disposed of, calls fail like a refused allocation, until other bindings get their
 * place. There are sixteen places, taken in turn: the sixteenth bindings made after these
 * answer these pointers too, or earlier ones if others are still open. Let C forget the
 * pointers before that.
 *
 * No error ever reaches C. If there is no memory, C gets NULL, with `errno` set to
 * `ENOMEM`. A wrong pointer is described on standard error, remembered in
 * {@linkcode CBindings.errors}, and otherwise ignored.
 *
 * Calls that JavaScript cannot answer are refused, with a line on standard error:
 *
 * | a call | why |
 * |---|---|
 * | from a thread that did not make the bindings | JavaScript runs in one thread: call C functions that call back as usual, not with `nonblocking` |
 * | during another call through these bindings | a signal handler may have interrupted JavaScript |
 * | in a process that C forked off | JavaScript was not forked |
 * | with too much of the stack in use | JavaScript has 984 KiB, or what `--v8-flags=--stack-size=` gives it, and 128 KiB of that are kept in reserve |
 *
 * C must not leave a call with longjmp(3): these bindings would refuse every later call.
 * A signal handler must not call them: if it interrupts other JavaScript than these
 * functions, such as the body of a hook or another heap, the engine ends the process.
 *
 * When a program or a Worker ends with bindings still open, later calls are refused: C
 * may free memory in functions of atexit(3) and in destructors. One case fails: a library
 * that is unloaded because of an uncaught error, or with a Worker, and only then frees
 * memory in its destructor. Dispose of the bindings first, or link such a library with
 * `-z nodelete`.
 *
 * @example Give a heap to a C library
 * ```ts
 * import { Heap } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * using heap = new Heap();
 * using bindings = heap.bindToC();
 *
 * // What a C library does with these pointers:
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
  /** `size_t usableSize(void *ptr)`: bytes that a block has room for; 0 for NULL. */
  readonly usableSize: Deno.PointerObject<{
    readonly parameters: readonly ["pointer"];
    readonly result: "usize";
  }>;

  readonly #log: ErrorLog;
  readonly #native: NativeBinding;
  /** Calls from C that are being answered. */
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
   * @param log The errors of these answers.
   * @param options Whether to answer the `os_*` functions, and `free(NULL)`.
   */
  constructor(answers: CAnswers, log: ErrorLog, options: AllBindingOptions) {
    const { everyCall, os } = options; // a getter that throws takes no place
    this.#log = log;
    this.#native = new NativeBinding({
      malloc: this.#counted((size) => answers.malloc(size)),
      calloc: this.#counted((nmemb, size) => answers.calloc(nmemb, size)),
      realloc: this.#counted((address, size) => answers.realloc(address, size)),
      free: this.#counted((address) => answers.free(address)),
      usableSize: this.#counted((address) => answers.usableSize(address)),
    });
    this.malloc = this.#native.pointerOf("malloc");
    this.calloc = this.#native.pointerOf("calloc");
    this.realloc = this.#native.pointerOf("realloc");
    this.free = this.#native.pointerOf("free");
    this.usableSize = this.#native.pointerOf("usableSize");
    if (everyCall) this.#native.hearOfNull();
    if (os) this.#native.serveOs();
    open.add(this);
  }

  /** The first thousand errors in calls from C, in order. */
  get errors(): readonly Error[] {
    return this.#log.errors;
  }

  /** The number of errors in calls from C. */
  get errorCount(): number {
    return this.#log.count;
  }

  /** Counts of calls, also of hooks, that were refused before they reached JavaScript. */
  get refusedCalls(): RefusedCalls {
    return this.#native.refused;
  }

  /**
   * Makes a C function of another shape, for libraries whose hooks differ from
   * malloc(3). Its body uses the heap as it likes. An error that the body throws is
   * treated like an error of the other functions, and C gets NULL or 0.
   *
   * Calls that the other functions refuse are refused here too, and C gets NULL or 0. The
   * body may call C that calls the other functions, but not the hook itself. A process
   * has 64 hooks at most.
   *
   * @param definition The C function's types: up to six integers and pointers.
   * @param body Called when C calls the function.
   * @returns The function, valid until these bindings are disposed of.
   * @throws {UsageError} If the bindings were disposed of, or a type is not an integer, a
   * boolean or a pointer.
   * @throws {ArgumentError} If there are more than six parameters, or 64 hooks already.
   *
   * With `numbers: true`, the body gets and gives numbers: an address for a pointer, 0 for
   * NULL, 0 and 1 for a boolean. That takes a third of the time that pointers and `BigInt`
   * take. An integer of 64 bits beyond 2^53 is rounded then, and from 2^63 on it is
   * negative.
   *
   * @example Lua's hook: one function that allocates, resizes and frees
   * ```ts
   * import { Heap } from "@osmem/osmem";
   * import { assertEquals } from "@std/assert";
   *
   * using heap = new Heap();
   * using bindings = heap.bindToC();
   * const allocate = bindings.hook({
   *   parameters: ["pointer", "pointer", "usize", "usize"],
   *   result: "pointer",
   *   numbers: true,
   * }, (_data, block, _oldSize, size) => heap.realloc(block, size));
   * const call = new Deno.UnsafeFnPointer(allocate, {
   *   parameters: ["pointer", "pointer", "usize", "usize"],
   *   result: "pointer",
   * });
   * const block = call.call(null, null, 0n, 100n);
   * assertEquals(heap.usableSize(heap.address(block)), 104);
   * call.call(null, block, 100n, 0n);
   * assertEquals(heap.stats().liveBlocks, 0);
   * ```
   */
  hook<const Definition extends HookDefinition>(
    definition: Definition,
    body: HookBody<Definition>,
  ): Deno.PointerObject<Definition> {
    if (!this.#isOpen) {
      throw new UsageError(
        "disposed",
        "Cannot make a hook of these bindings: they were disposed; bind the heap again",
      );
    }
    const { parameters, result, numbers } = readHookDefinition(definition);
    const nothing = numbers ? 0 : NOTHING.get(result);
    // Neither a function for each call nor an array of arguments is made here: compiled
    // code passes `args` on as they are.
    const call = body as (...args: unknown[]) => unknown;
    const guarded = (...args: unknown[]) => {
      this.#calls++;
      try {
        const answer = call(...args);
        return numbers ? Number(answer) : answer;
      } catch (error) {
        if (!(error instanceof OutOfMemoryError)) this.#log.add(error);
        return nothing;
      } finally {
        this.#calls--;
      }
    };
    const types = numbers
      ? { parameters: parameters.map(() => "f64"), result: "f64" } as const
      : { parameters, result };
    return this.#native.makeHook(
      new Deno.UnsafeCallback(
        types as Deno.UnsafeCallbackDefinition,
        guarded as Deno.UnsafeCallbackFunction,
      ),
      numbers ? unusedBits(parameters) : undefined,
    );
  }

  /**
   * Ends the bindings: calls are refused from now on. The heap stays usable. Disposing
   * twice is harmless.
   *
   * @throws {UsageError} If a call from C is being answered.
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

  /** Makes a function that counts its calls while they are answered. */
  #counted(answer: Answer): Answer {
    return (first, second) => {
      this.#calls++;
      try {
        return answer(first, second);
      } finally {
        this.#calls--;
      }
    };
  }
}

/**
 * The types of a hook: up to six integers and pointers as parameters, and one as a result
 * or none. Floating-point numbers and structures are passed in other registers, which a
 * hook does not see.
 */
export interface HookDefinition {
  /** The types of its parameters, at most six. */
  readonly parameters: readonly Exclude<
    Deno.NativeType,
    "f32" | "f64" | Deno.NativeStructType
  >[];
  /** The type of its result. */
  readonly result: Exclude<
    Deno.NativeResultType,
    "f32" | "f64" | Deno.NativeStructType
  >;
  /** Whether the body gets and gives numbers; by default, what Deno makes of each type. */
  readonly numbers?: boolean;
}

/**
 * The function in TypeScript that a hook calls: with numbers if the definition asks for
 * them, else with what Deno makes of each type.
 */
export type HookBody<Definition extends HookDefinition> = Definition extends
  { readonly numbers: true }
  ? (...args: number[]) => Definition["result"] extends "void" ? void : number
  : Deno.UnsafeCallbackFunction<Definition["parameters"], Definition["result"]>;

/** Parameters that arrive in registers on every machine: see `native/hook.h`. */
const MOST_PARAMETERS = 6;

/** What a C function that fails returns for each type: NULL, 0 or false. */
const NOTHING: ReadonlyMap<unknown, unknown> = new Map<unknown, unknown>([
  ["bool", false],
  ...["pointer", "buffer", "function"].map((type) => [type, null] as const),
  ...["u64", "i64", "usize", "isize"].map((type) => [type, 0n] as const),
  ...["u8", "i8", "u16", "i16", "u32", "i32"].map((type) => [type, 0] as const),
]);

/**
 * Reads the types of a hook, and refuses those that a hook cannot have. Each type is read
 * once, here, since a getter may give another type the next time.
 *
 * @returns The types that were checked.
 * @throws {UsageError} If a type is not an integer, a boolean or a pointer.
 * @throws {ArgumentError} If there are more than six parameters.
 */
function readHookDefinition(
  definition: HookDefinition,
): Required<HookDefinition> {
  const parameters = [...definition.parameters];
  const { result, numbers = false } = definition;
  if (parameters.length > MOST_PARAMETERS) {
    throw new ArgumentError(
      `Cannot make a hook with ${parameters.length} parameters: a hook has at most ` +
        `${MOST_PARAMETERS}; use a Deno.UnsafeCallback, which does not refuse calls ` +
        "from other threads",
    );
  }
  for (const type of parameters) requireType("a parameter", type);
  if (result !== "void") requireType("a result", result);
  return { parameters, result, numbers };
}

function requireType(what: string, type: unknown): void {
  if (NOTHING.has(type)) return;
  throw new UsageError(
    "wrong-type",
    `Cannot make a hook with ${what} of type ${
      Deno.inspect(type)
    }: expected an ` +
      "integer, a boolean or a pointer; pass other values by a pointer",
  );
}

/**
 * Bits of a register that an argument of a type leaves unused, negated if the type is
 * signed. Types of 64 bits leave none.
 */
const UNUSED_BITS: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  ["bool", 56],
  ["u8", 56],
  ["i8", -56],
  ["u16", 48],
  ["i16", -48],
  ["u32", 32],
  ["i32", -32],
]);

/** The unused bits of a hook's arguments, as `osmem_make_number_hook` wants them. */
function unusedBits(
  parameters: HookDefinition["parameters"],
): Int8Array<ArrayBuffer> {
  const bits = parameters.map((type) => UNUSED_BITS.get(type) ?? 0);
  return Int8Array.from(
    { length: MOST_PARAMETERS },
    (_, index) => bits[index] ?? 0,
  );
}
