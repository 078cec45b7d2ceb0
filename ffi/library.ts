import { type LibraryAttempt, LibraryError } from "./library_error.ts";
import { ABI, BINDING_SYMBOLS, SYMBOLS } from "./symbols.ts";

/** The functions of the native library, as TypeScript calls them. */
export type NativeFunctions = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** Those that have to do with C programs that call a heap. */
export type BindingFunctions = Deno.DynamicLibrary<
  typeof BINDING_SYMBOLS
>["symbols"];

/** The library that a build of this source leaves beside the modules. */
const BESIDE_THE_MODULE = new URL("../native/libosmem.so", import.meta.url);

interface Loaded {
  readonly path: string;
  readonly functions: NativeFunctions;
}

let loaded: Loaded | undefined;
let bindings: BindingFunctions | undefined;

/**
 * The native library, loaded on the first call: from the path in `OSMEM_LIB`
 * if that is set and readable, else from `native/libosmem.so`.
 *
 * @throws {LibraryError} If it cannot be loaded. The next call tries again.
 */
export function native(): NativeFunctions {
  return (loaded ??= load()).functions;
}

/**
 * The rest of the native library, loaded on the first call: few programs need it.
 *
 * @throws {LibraryError} If it cannot be loaded.
 */
export function nativeBindings(): BindingFunctions {
  return bindings ??= Deno.dlopen(libraryPath(), BINDING_SYMBOLS).symbols;
}

/**
 * Where the native library lies.
 *
 * @throws {LibraryError} If it cannot be loaded.
 */
export function libraryPath(): string {
  return (loaded ??= load()).path;
}

function load(): Loaded {
  requirePlatform();
  const attempts: LibraryAttempt[] = [];
  const failures: unknown[] = [];
  for (const path of candidates()) {
    try {
      return open(path);
    } catch (error) {
      failures.push(error);
      attempts.push({ path, reason: reasonOf(error) });
    }
  }
  const [cause] = failures; // of the path that was named, where one was
  throw new LibraryError(attempts, remedyFor(cause), cause);
}

function requirePlatform(): void {
  const { os, arch } = Deno.build;
  if (os === "linux" && (arch === "x86_64" || arch === "aarch64")) return;
  throw new LibraryError(
    [],
    `run it on Linux on x86_64 or aarch64: this is ${os} on ${arch}, which osmem does not support`,
  );
}

function candidates(): string[] {
  const beside = BESIDE_THE_MODULE.protocol === "file:"
    ? decodeURIComponent(BESIDE_THE_MODULE.pathname)
    : BESIDE_THE_MODULE.href;
  const named = environmentPath();
  return named ? [named, beside] : [beside];
}

/** `OSMEM_LIB`, read only where that is already allowed: asking would prompt. */
function environmentPath(): string | undefined {
  const { state } = Deno.permissions.querySync({
    name: "env",
    variable: "OSMEM_LIB",
  });
  return state === "granted" ? Deno.env.get("OSMEM_LIB") : undefined;
}

function open(path: string): Loaded {
  if (!path.includes("/")) path = `./${path}`; // a bare name would search the system's folders
  const functions = openAll(path);
  requireWholePermission();
  return { path, functions };
}

function openAll(path: string): NativeFunctions {
  try {
    const { symbols } = Deno.dlopen(path, SYMBOLS);
    requireAbi(symbols);
    return symbols;
  } catch (error) {
    requireSameAbi(path);
    throw error;
  }
}

/** Asks for the ABI alone: another one may lack functions, and then none can be had. */
function requireSameAbi(path: string): void {
  const { osmem_abi } = SYMBOLS;
  const library = Deno.dlopen(path, { osmem_abi });
  requireAbi(library.symbols);
  library.close();
}

function requireAbi({ osmem_abi }: Pick<NativeFunctions, "osmem_abi">): void {
  const abi = osmem_abi();
  if (abi === ABI) return;
  throw new Error(
    `it speaks ABI ${abi}, this version of osmem needs ABI ${ABI}`,
  );
}

/** `--allow-ffi=PATH` lets a library be called but forbids reading its memory. */
function requireWholePermission(): void {
  if (Deno.permissions.querySync({ name: "ffi" }).state === "granted") return;
  throw new Deno.errors.NotCapable(
    "the permission covers this one path only, reading memory needs plain --allow-ffi",
  );
}

function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return reason.replace(/^(Could not open library: )+/, "");
}

function remedyFor(cause: unknown): string {
  return cause instanceof Deno.errors.NotCapable
    ? "run deno with --allow-ffi"
    : "build the library with `deno task build` (or `make -C native`) in osmem's folder, " +
      "or set OSMEM_LIB to a libosmem.so of this version and allow it with --allow-env=OSMEM_LIB";
}
