import { UsageError } from "../../errors/usage_error.ts";
import { ArgumentError } from "../../errors/argument_error.ts";
import { OutOfMemoryError } from "../../errors/system_errors.ts";
import type { ErrorLog } from "./c_calls.ts";

/**
 * The types of a hook: up to six integers and pointers, and a result that is one or
 * nothing. Floating-point numbers and structures go other ways in C, which a hook
 * does not know.
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
}

/** What a hook calls, in TypeScript. */
type HookBody<Definition extends HookDefinition> = Deno.UnsafeCallbackFunction<
  Definition["parameters"],
  Definition["result"]
>;

/** What arrives in registers on every machine: see `native/hook.h`. */
const MOST_PARAMETERS = 6;

/** What a C function of each possible type returns that fails: NULL, 0 or false. */
const NOTHING: ReadonlyMap<unknown, unknown> = new Map<unknown, unknown>([
  ["bool", false],
  ...["pointer", "buffer", "function"].map((type) => [type, null] as const),
  ...["u64", "i64", "usize", "isize"].map((type) => [type, 0n] as const),
  ...["u8", "i8", "u16", "i16", "u32", "i32"].map((type) => [type, 0] as const),
]);

/**
 * Refuses types that a hook cannot have.
 *
 * @throws {UsageError} If one of them is not an integer, a boolean or a pointer.
 * @throws {ArgumentError} If there are more than six parameters.
 */
export function requireHookDefinition(
  { parameters, result }: HookDefinition,
): void {
  if (parameters.length > MOST_PARAMETERS) {
    throw new ArgumentError(
      `Cannot make a hook with ${parameters.length} parameters: a hook has at most ` +
        `${MOST_PARAMETERS}; use a Deno.UnsafeCallback, which does not refuse calls ` +
        "from other threads",
    );
  }
  for (const type of parameters) requireType("a parameter", type);
  if (result !== "void") requireType("a result", result);
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
 * A hook's body as C may call it: it never throws.
 *
 * @param definition Its types.
 * @param body What it does. Where it throws, C gets NULL or 0.
 * @param log Told what it throws, but for refused memory, which C is told itself.
 */
export function guardHook<Definition extends HookDefinition>(
  definition: Definition,
  body: HookBody<Definition>,
  log: ErrorLog,
): HookBody<Definition> {
  const guarded = (...args: Parameters<typeof body>) => {
    try {
      return body(...args);
    } catch (error) {
      if (!(error instanceof OutOfMemoryError)) log.add(error);
      return NOTHING.get(definition.result);
    }
  };
  return guarded as typeof body;
}
