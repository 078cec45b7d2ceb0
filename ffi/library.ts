import { openCLibrary } from "./c_library.ts";
import { isLoaded, loadEmbedded } from "./embedded_library.ts";
import { SONAME } from "./libraries.generated.ts";
import { type LibraryAttempt, LibraryError } from "../errors/library_error.ts";
import { ABI, EXTRA_SYMBOLS, SYMBOLS } from "./symbols.ts";

/** The functions of the native library that every program needs, as TypeScript calls them. */
export type NativeFunctions = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** Those that few programs need. */
export type ExtraFunctions = Deno.DynamicLibrary<
  typeof EXTRA_SYMBOLS
>["symbols"];

/** The name that the dynamic loader knows it by. */
const BUILT_NAME = "libosmem.so";

/** Where the library may be. */
interface Place {
  readonly path: string;
  readonly open: () => Loaded;
}

interface Loaded {
  readonly path: string;
  readonly functions: NativeFunctions;
}

let loaded: Loaded | undefined;
let extras: ExtraFunctions | undefined;

/**
 * The native library, loaded on the first call: from the path in `OSMEM_LIB` if that is
 * set and readable, else from `native/libosmem.so`, else from what is embedded here.
 *
 * What all isolates of a process must share is in the library: the lock of the program
 * break, and the places of bindings. So they must have the same one, and they do, since
 * they look in the same places, and the embedded one is loaded once.
 *
 * Where they cannot look in the same places, as a Worker that may not read `OSMEM_LIB`,
 * one that finds nothing else takes a library that is loaded already before it loads
 * the embedded one. What remains: two have one each if the first took the embedded one,
 * or that in `OSMEM_LIB`, and the next finds another file, or if `OSMEM_LIB` names a file
 * that has another SONAME than `libosmem.so`. Then two threads may move the break at the
 * same time.
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
 * What the native library is opened by: a path, or only a name where it is not in a file.
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
  for (const { path, open } of places()) {
    try {
      return open();
    } catch (error) {
      failures.push(error);
      attempts.push({ path, reason: reasonOf(error, path) });
    }
  }
  const [cause] = failures; // of the path that was named, where one was
  throw new LibraryError(attempts, remedyFor(failures), cause);
}

function requirePlatform(): void {
  const { os, arch } = Deno.build;
  if (os === "linux" && (arch === "x86_64" || arch === "aarch64")) return;
  throw new LibraryError(
    [],
    `run it on Linux on x86_64 or aarch64: this is ${os} on ${arch}, which osmem does not support`,
  );
}

function places(): Place[] {
  const files = [
    environmentPath(),
    builtLibrary(import.meta.url, Deno.build.standalone),
  ];
  return [
    ...files.filter((path) => path !== undefined).map(fileAt),
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
  return Deno.env.get("OSMEM_LIB") || undefined; // set to nothing is not set
}

function openFile(path: string): Loaded {
  if (!path.includes("/")) path = `./${path}`; // a bare name would search the system's folders
  const functions = openAll(path);
  requireWholePermission();
  return { path, functions };
}

function openEmbedded(): Loaded {
  requestPermission();
  const c = openCLibrary();
  return (isLoaded(c, BUILT_NAME) && tryLoaded(BUILT_NAME)) ||
    openLoaded(loadEmbedded(c));
}

/** A library that another isolate loaded, unless it is that of another version of osmem. */
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

/** Asks for it where somebody can be asked: once, where each library would ask. */
function requestPermission(): void {
  const { state } = Deno.permissions.requestSync({ name: "ffi" });
  if (state === "granted") return;
  throw new Deno.errors.NotCapable("it needs plain --allow-ffi");
}

/** What an error says, without the path that it is listed with. */
function reasonOf(error: unknown, path: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  return reason.replace(/^(Could not open library: )+/, "")
    .replace(`${path}: `, "");
}

/** Where one place lacked only the permission, building another library is no help. */
function remedyFor(failures: readonly unknown[]): string {
  return failures.some((error) => error instanceof Deno.errors.NotCapable)
    ? "run deno with plain --allow-ffi"
    : "build the library with `deno task build` (or `make -C native`) in osmem's folder, " +
      "or set OSMEM_LIB to a libosmem.so of this version and allow it with --allow-env=OSMEM_LIB";
}

/** How the address of the module that loads the library ends. */
const LOADER = "/ffi/library.ts";

/**
 * Where a build of this source leaves the library, `native/libosmem.so`, if the modules lie
 * in a folder of the file system as they do in the source.
 *
 * In a bundle they do not, and in a program of `deno compile` that only looks so: there
 * it would be a place where anybody could put a library.
 *
 * @param loader The `import.meta.url` of the module that loads it, `ffi/library.ts`.
 * @param isStandalone Whether `deno compile` made this program.
 * @returns The path; nothing if there is none.
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
