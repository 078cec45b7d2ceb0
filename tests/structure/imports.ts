// The graph of imports, from `deno info`: Deno itself resolves the names of packages
// and workspace members, and knows imports of types from others. A library for this
// would bring its own parser, and Deno downloads every package of its lock file for
// every program of the project.
import { readdir } from "node:fs/promises";
import { pathToFileURL } from "node:url";

/** An import of a file by another. Paths begin at the root. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** Whether `to` is loaded with `from`: not for its types only, nor by `import()`. */
  readonly isLoaded: boolean;
}

/** What `deno info --json` prints. */
interface ModuleGraph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly Dependency[];
  }[];
}

interface Dependency {
  /** Where the code is; absent if only types are imported. */
  readonly code?: Resolved;
  /** Where the types are, if not with the code. */
  readonly type?: Resolved;
  /** Whether `import()` loads it. */
  readonly isDynamic?: boolean;
}

/** A name with the URL that it stands for, if it stands for one. */
interface Resolved {
  readonly specifier?: string;
}

const MODULE = /^(?!.*node_modules\/).*(?<!\.d)\.ts$/;

/** Every import of a TypeScript file by another in a folder with a deno.json. */
export async function readImports(root: string): Promise<Import[]> {
  const base = pathToFileURL(`${root}/`).href;
  const pathOf = (url: string) =>
    url.startsWith(base) ? decodeURIComponent(url.slice(base.length)) : "";
  const { modules } = await graphOf(root, await filesOf(root, base));
  return modules.flatMap(({ specifier, dependencies = [] }) =>
    dependencies.flatMap(({ code, type, isDynamic }) =>
      [code, type].map((resolved) => ({
        from: pathOf(specifier),
        to: pathOf(resolved?.specifier ?? ""),
        isLoaded: resolved === code && !isDynamic,
      }))
    )
  ).filter(({ from, to }) => MODULE.test(from) && MODULE.test(to));
}

/** The URLs of all TypeScript files in a folder, in order. */
async function filesOf(root: string, base: string): Promise<string[]> {
  const paths = await readdir(root, { recursive: true });
  return paths.filter((path) => MODULE.test(path)).toSorted()
    .map((path) => new URL(encodeURI(path), base).href);
}

/** The graph of a module that imports all these files, which stand for the project. */
async function graphOf(
  root: string,
  files: readonly string[],
): Promise<ModuleGraph> {
  const code = files.map((file) => `import "${file}";`).join("");
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `data:text/typescript,${encodeURI(code)}`],
    cwd: root,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("deno info failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The files that are loaded with a file, itself included. */
export function loadedWith(file: string, imports: readonly Import[]): string[] {
  const targets = targetsOf(imports.filter(({ isLoaded }) => isLoaded));
  const loaded = new Set([file]);
  for (const from of loaded) {
    for (const to of targets.get(from) ?? []) loaded.add(to);
  }
  return [...loaded];
}

/**
 * Circles of more than two files, each as the files on the way and the first of them
 * again: as few as show every import that lies on one.
 */
export function circlesOf(imports: readonly Import[]): string[][] {
  const targets = targetsOf(imports);
  const shown = new Set<string>();
  return imports.flatMap(({ from, to }) => {
    if (shown.has(`${from} → ${to}`)) return [];
    const circle = circleThrough(from, to, targets);
    for (const [index, file] of circle.slice(1).entries()) {
      shown.add(`${circle[index]} → ${file}`);
    }
    return circle.length > 0 ? [circle] : [];
  });
}

/** The files that each file imports. */
type Targets = ReadonlyMap<string, readonly string[]>;

function targetsOf(imports: readonly Import[]): Targets {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) {
    targets.set(from, [...targets.get(from) ?? [], to]);
  }
  return targets;
}

/**
 * The shortest circle of more than two files through an import, searched breadth first
 * from the imported file; empty if there is none.
 */
function circleThrough(
  from: string,
  imported: string,
  targets: Targets,
): string[] {
  const ways = new Map([[imported, [from, imported]]]);
  for (const [last, way] of ways) {
    for (const to of targets.get(last) ?? []) {
      if (to === from && last !== imported) return [...way, to];
      if (to !== from && !ways.has(to)) ways.set(to, [...way, to]);
    }
  }
  return [];
}
