// Which folder may import from which: the tables of docs/architecture.md as data. A
// test compares them.

/** A folder, or a file that stands for itself, and what it may import from. */
export interface Folder {
  /** Its path from the root; that of a folder ends in a slash. */
  readonly path: string;
  /** The paths that its files may import from, beside its own. */
  readonly uses: readonly string[];
}

/** The folders of the core below `heap/`. */
const BELOW_HEAP = ["errors/", "collections/", "ffi/", "structs/"];

/** What "the core" stands for in the table. */
export const CORE: readonly string[] = [
  ...BELOW_HEAP,
  "heap/",
  "mod.ts",
  "internal.ts",
  "internal_plain.ts",
];

const BELOW_TESTS: readonly Folder[] = [
  { path: "model/", uses: [] },
  { path: "native/", uses: [] },
  { path: "errors/", uses: [] },
  { path: "collections/", uses: [] },
  { path: "ffi/", uses: ["errors/", "collections/"] },
  { path: "structs/", uses: ["errors/", "ffi/"] },
  { path: "heap/", uses: BELOW_HEAP },
  { path: "mod.ts", uses: ["errors/", "ffi/", "structs/", "heap/"] },
  { path: "internal.ts", uses: [...BELOW_HEAP, "heap/"] },
  { path: "internal_plain.ts", uses: ["errors/", "heap/"] },
  { path: "native/prebuild/", uses: ["ffi/"] },
  { path: "bundle/", uses: [] },
  { path: "lab/", uses: ["mod.ts", "internal.ts", "internal_plain.ts"] },
  { path: "bench/", uses: [...CORE, "lab/"] },
  { path: "examples/", uses: ["mod.ts", "lab/"] },
  { path: "docs/", uses: ["lab/"] },
];

/** The first table of docs/architecture.md, from the ground to the roof. */
export const FOLDERS: readonly Folder[] = [
  ...BELOW_TESTS,
  { path: "tests/", uses: BELOW_TESTS.map(({ path }) => path) },
];

/**
 * The rooms of `heap/`, the second table of docs/architecture.md. The files of a
 * room may import from the rooms before it, and from what `heap/` uses.
 */
export const ROOMS: readonly (readonly [string, ...string[]])[] = [
  ["layout.ts", "heap_options.ts", "heap_stats.ts"],
  ["source/"],
  ["fits/"],
  ["list/"],
  ["inspection/"],
  ["leaks/"],
  ["contract.ts"],
  ["debug/"],
  ["allocations/"],
  ["transfer/"],
  ["c/"],
  ["heap.ts"],
  ["os.ts"],
];

/** Files that may import from each other, and from what lies below them. */
interface Layer {
  /** What messages call it. */
  readonly name: string;
  /** The paths that it holds. */
  readonly holds: readonly string[];
  /** The paths that its files may import from, beside its own. */
  readonly uses: readonly string[];
}

/** The folders, and in place of `heap/` its rooms. */
const LAYERS: readonly Layer[] = FOLDERS.flatMap(({ path, uses }) =>
  path === "heap/" ? layersOfHeap(uses) : [layer([path], uses)]
);

function layersOfHeap(uses: readonly string[]): Layer[] {
  const rooms = ROOMS.map((room) => room.map((path) => `heap/${path}`));
  return rooms.map((room, index) =>
    layer(room, [...uses, ...rooms.slice(0, index).flat()])
  );
}

function layer(holds: readonly string[], uses: readonly string[]): Layer {
  const name = holds[0]!.replace(/^heap\//, "").replace(/\/$/, "");
  return { name, holds, uses };
}

/**
 * What is wrong with an import, if anything is.
 *
 * @param from The path of the file that imports.
 * @param to The path of the file that is imported.
 */
export function problemOf(from: string, to: string): string | undefined {
  const [user, used] = [layerOf(from), layerOf(to)];
  if (!user) return `no folder holds ${from}`;
  if (!used) return `no folder holds ${to}`;
  const isAllowed = user === used || user.uses.some((path) => isIn(to, path));
  return isAllowed ? undefined : `${user.name} may not use ${used.name}`;
}

/** The layer of the longest path that a file is in: `native/prebuild/`, not `native/`. */
function layerOf(file: string): Layer | undefined {
  const [longest] = LAYERS.flatMap(({ holds }) => holds)
    .filter((path) => isIn(file, path))
    .toSorted((one, other) => other.length - one.length);
  return LAYERS.find(({ holds }) => longest && holds.includes(longest));
}

/** Whether a file is in a folder, or is the file of that path. */
function isIn(file: string, path: string): boolean {
  return path.endsWith("/") ? file.startsWith(path) : file === path;
}
