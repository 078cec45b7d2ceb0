import { type LibraryAttempt, LibraryError } from "../errors/library_error.ts";
import { openCLibrary } from "./c_library.ts";
import { isLoaded, loadEmbedded } from "./embedded_library.ts";
import { SONAME } from "./libraries.generated.ts";

/** The functions of the native library that every program needs, as TypeScript calls them. */
type NativeFunctions = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** The functions that few programs need. */
export type ExtraFunctions = Deno.DynamicLibrary<
  typeof EXTRA_SYMBOLS
>["symbols"];

let loaded: Loaded | undefined;
let extras: ExtraFunctions | undefined;

/** The library, and what it is opened by. */
interface Loaded {
  readonly path: string;
  readonly functions: NativeFunctions;
}

/**
 * The native library, loaded on the first call: from the path in `OSMEM_LIB` if that is
 * set and may be read, and from nowhere else then. Otherwise from `native/libosmem.so`, or
 * else from the copy that is embedded in osmem's modules.
 *
 * The library has what all isolates of a process must share: the lock of the program
 * break, and the places of bindings. So they must all load the same library. They do,
 * since they look in the same places and the embedded library is loaded only once.
 *
 * A Worker may be unable to look in the same places, for example because it may not read
 * `OSMEM_LIB`. An isolate that finds no file therefore takes a library that is loaded
 * already before it loads the embedded one. Two cases remain in which isolates load
 * different libraries, and two threads may move the break at the same time:
 *
 * - The first isolate loads the embedded library, or the one in `OSMEM_LIB`, and a later
 *   isolate finds another file.
 * - `OSMEM_LIB` names a file whose SONAME is not `libosmem.so`.
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
export function nativeExtras(): ExtraFunctions {
  return extras ??= Deno.dlopen(libraryPath(), EXTRA_SYMBOLS).symbols;
}

/**
 * What the native library is opened by: a path, or its name if it is not in a file.
 *
 * @throws {LibraryError} If it cannot be loaded.
 */
export function libraryPath(): string {
  return (loaded ??= load()).path;
}

/** A place where the library may be. */
interface Place {
  readonly path: string;
  readonly open: () => Loaded;
}

/** Opens the library in the first place where that succeeds. */
function load(): Loaded {
  requirePlatform();
  const attempts: LibraryAttempt[] = [];
  const failures: unknown[] = [];
  const chosen = environmentPath();
  const places = chosen === undefined ? usualPlaces() : [fileAt(chosen)];
  for (const { path, open } of places) {
    try {
      return open();
    } catch (error) {
      failures.push(error);
      attempts.push({ path, reason: reasonOf(error, path) });
    }
  }
  const cause = causeAmong(failures);
  throw new LibraryError(attempts, remedyFor(failures, chosen), cause);
}

/**
 * The failure that matters: a missing permission, else the last one. With `OSMEM_LIB` that
 * is the only one, without it that of the embedded library: mostly no library was built.
 */
function causeAmong(failures: readonly unknown[]): unknown {
  return failures.find((failure) =>
    failure instanceof Deno.errors.NotCapable
  ) ?? failures.at(-1);
}

function requirePlatform(): void {
  const { os, arch } = Deno.build;
  if (os === "linux" && (arch === "x86_64" || arch === "aarch64")) return;
  throw new LibraryError(
    [],
    `run it on Linux on x86_64 or aarch64: this is ${os} on ${arch}, which osmem does not support`,
  );
}

/** Where the library is looked for if `OSMEM_LIB` is not set. */
function usualPlaces(): Place[] {
  const built = builtLibrary(import.meta.url, Deno.build.standalone);
  return [
    ...(built === undefined ? [] : [fileAt(built)]),
    { path: `${SONAME} (embedded)`, open: openEmbedded },
  ];
}

function fileAt(path: string): Place {
  return { path, open: () => openFile(path) };
}

/** `OSMEM_LIB`, read only where that is already allowed: asking would prompt. */
function environmentPath(): string | undefined {
  const { state } = Deno.permissions.querySync({
    name: "env",
    variable: "OSMEM_LIB",
  });
  if (state !== "granted") return undefined;
  return Deno.env.get("OSMEM_LIB") || undefined; // an empty value counts as not set
}

function openFile(path: string): Loaded {
  if (!path.includes("/")) path = `./${path}`; // a bare name would search the system's folders
  const functions = openAll(path);
  requireWholePermission();
  return { path, functions };
}

/** The name that the dynamic loader knows a built library by. */
const BUILT_NAME = "libosmem.so";

/** Opens a built library that another isolate loaded, or else the embedded one. */
function openEmbedded(): Loaded {
  requestPermission();
  const c = openCLibrary();
  return (isLoaded(c, BUILT_NAME) && tryLoaded(BUILT_NAME)) ||
    openLoaded(loadEmbedded(c));
}

/** A library that another isolate loaded, unless another version of osmem did. */
function tryLoaded(name: string): Loaded | undefined {
  try {
    return openLoaded(name);
  } catch {
    return undefined;
  }
}

function openLoaded(name: string): Loaded {
  return { path: name, functions: openAll(name) };
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

/** Looks up the ABI alone: a library of another ABI may lack functions, and then none opens. */
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
  if (isWhollyAllowed()) return;
  throw new Deno.errors.NotCapable(
    "the permission covers this one path only, reading memory needs plain --allow-ffi",
  );
}

function isWhollyAllowed(): boolean {
  return Deno.permissions.querySync({ name: "ffi" }).state === "granted";
}

/** Asks for the permission once: else the user would be asked for each library. */
function requestPermission(): void {
  const { state } = Deno.permissions.requestSync({ name: "ffi" });
  if (state === "granted") return;
  throw new Deno.errors.NotCapable("it needs plain --allow-ffi");
}

/** The message of an error, without the path that it is listed under. */
function reasonOf(error: unknown, path: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  return reason.replace(/^(Could not open library: )+/, "")
    .replace(`${path}: `, "");
}

/** If only the permission was missing, building the library would not help. */
function remedyFor(
  failures: readonly unknown[],
  chosen: string | undefined,
): string {
  if (
    !isWhollyAllowed() ||
    failures.some((error) => error instanceof Deno.errors.NotCapable)
  ) {
    return "run deno with plain --allow-ffi";
  }
  return chosen !== undefined
    ? "set OSMEM_LIB to a libosmem.so of this version, or unset it to use the library " +
      "that comes with osmem"
    : "build the library with `deno task build` (or `make -C native`) in osmem's folder, " +
      "or set OSMEM_LIB to a libosmem.so of this version and allow it with --allow-env=OSMEM_LIB";
}

/** How the address of this module ends. */
const LOADER = "/ffi/library.ts";

/**
 * Where a build of this source puts the library: `native/libosmem.so`, if the modules lie
 * in a folder as they do in the source.
 *
 * The modules of a bundle do not. Those of a program made by `deno compile` only seem to:
 * anybody could put a library in that place.
 *
 * @param loader The `import.meta.url` of the module that loads it, `ffi/library.ts`.
 * @param isStandalone Whether `deno compile` made this program.
 * @returns The path, if there is one.
 */
export function builtLibrary(
  loader: string,
  isStandalone: boolean,
): string | undefined {
  const { protocol, pathname } = new URL(loader);
  const isSource = protocol === "file:" && pathname.endsWith(LOADER);
  return isSource && !isStandalone
    ? decodeURIComponent(pathname.slice(0, -LOADER.length)) +
      "/native/libosmem.so"
    : undefined;
}

/**
 * Every function of `native/system.h`, each argument with its name there. Every program
 * looks these up, which takes time when it starts: the rest is apart.
 */
const SYMBOLS = {
  osmem_abi: { parameters: [], result: "u32" },
  osmem_page_size: { parameters: [], result: "u32" },
  osmem_sbrk: {
    parameters: ["f64"], // double increment
    result: "f64", // previous break, or a negated error number
  },
  osmem_mmap: {
    parameters: [
      "f64", // double length
      "u32", // uint32_t reserve
    ],
    result: "f64", // address, or a negated error number
  },
  osmem_mprotect: {
    parameters: [
      "f64", // double address
      "f64", // double length
      "u32", // uint32_t splits
    ],
    result: "i32", // 0, or a negated error number
  },
  osmem_munmap: {
    parameters: [
      "f64", // double address
      "f64", // double length
    ],
    result: "i32", // 0, or a negated error number
  },
  osmem_pointer: {
    parameters: ["f64"], // double address
    result: "pointer",
  },
  osmem_address: {
    parameters: ["pointer"], // void *pointer
    result: "f64",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * The functions that few programs need: those of `native/bindings.h`, `native/hook.h` and
 * `native/exit.h`, and one of `native/owners.h`.
 */
const EXTRA_SYMBOLS = {
  osmem_bind: {
    parameters: [
      "function", // osmem_answer *malloc
      "function", // osmem_answer *calloc
      "function", // osmem_answer *realloc
      "function", // osmem_answer *free
      "function", // osmem_answer *usable_size
      "f64", // double stack_limit
    ],
    result: "i32", // place, or -1
  },
  osmem_hear_of_null: {
    parameters: ["i32"], // int32_t place
    result: "void",
  },
  osmem_unbind: {
    parameters: ["i32"], // int32_t place
    result: "void",
  },
  osmem_function: {
    parameters: [
      "i32", // int32_t place
      "u32", // uint32_t function
    ],
    result: "function",
  },
  osmem_serve: {
    parameters: ["i32"], // int32_t place, or -1
    result: "void",
  },
  osmem_argument: {
    parameters: [
      "i32", // int32_t place
      "u32", // uint32_t index
    ],
    result: "u64",
  },
  osmem_refused: {
    parameters: [
      "i32", // int32_t place
      "u32", // uint32_t reason
    ],
    result: "u32",
  },
  osmem_stack_position: { parameters: [], result: "f64" },
  osmem_stack_end: { parameters: [], result: "f64" },
  osmem_make_hook: {
    parameters: [
      "i32", // int32_t place
      "function", // osmem_hook_body *body
    ],
    result: "function", // or NULL
  },
  osmem_make_number_hook: {
    parameters: [
      "i32", // int32_t place
      "function", // osmem_number_body *body
      "buffer", // const int8_t unused[6]
    ],
    result: "function", // or NULL
  },
  osmem_at_exit: {
    parameters: [
      "function", // osmem_exit_action *action
      "f64", // double stack_limit
    ],
    result: "i32", // 0, or a negated error number
  },
  osmem_is_of_another: {
    parameters: ["f64"], // double address
    result: "u32", // 1 or 0
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** `OSMEM_ABI` in the `native/system.h` that these functions are from. */
export const ABI = 7;
