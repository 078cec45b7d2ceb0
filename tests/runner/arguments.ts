/** What the tests are run with. */
export interface Arguments {
  /** Files and folders; none for everything. */
  readonly paths: readonly string[];
  /** Files and folders that are left out: `--ignore=one,other`. */
  readonly ignored: readonly string[];
  /** Whether types are checked. */
  readonly isChecked: boolean;
  /** The permissions of tests. */
  readonly permissions: readonly string[];
  /** Other options, for `deno test`. */
  readonly options: readonly string[];
}

/** What all tests need together. A test that is not granted what it needs is ignored. */
const PERMISSIONS = [
  "--allow-ffi",
  "--allow-read",
  "--allow-write",
  "--allow-run",
  "--allow-env=OSMEM_SEED,OSMEM_TEST_ALL",
  "--allow-net=127.0.0.1",
];

const IGNORE = "--ignore=";
const NO_CHECK = "--no-check";

/** Reads the arguments of the command line. */
export function parseArguments(args: readonly string[]): Arguments {
  const [options, paths] = splitOptions(args);
  const permissions = options.filter(isPermission);
  return {
    paths: paths.map(withoutDecoration),
    ignored: options.filter((option) => option.startsWith(IGNORE))
      .flatMap((option) => option.slice(IGNORE.length).split(","))
      .map(withoutDecoration),
    isChecked: !options.includes(NO_CHECK),
    permissions: permissions.length > 0 ? permissions : PERMISSIONS,
    options: options.filter((option) =>
      !isPermission(option) && !option.startsWith(IGNORE) && option !== NO_CHECK
    ),
  };
}

/** Options and what is none. The value of `--filter` may be the next argument. */
function splitOptions(args: readonly string[]): [string[], string[]] {
  const [options, paths]: [string[], string[]] = [[], []];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    if (!arg.startsWith("-")) paths.push(arg);
    else if (arg !== "--filter") options.push(arg);
    else options.push(`${arg}=${args[++index] ?? ""}`);
  }
  return [options, paths];
}

function isPermission(option: string): boolean {
  return option.startsWith("--allow-");
}

/** A path as files are listed: `./tests/` is `tests`. */
function withoutDecoration(path: string): string {
  return path.replace(/^(\.\/)+/, "").replace(/\/+$/, "");
}
