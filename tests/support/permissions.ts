/** What a test needs: a permission, and what the machine must have for it to be of use. */
export type Need = Deno.PermissionDescriptor & {
  /** Why the machine does not have it, if it does not. */
  readonly whyMissing?: () => string | undefined;
};

/** A test that needs more than `--allow-ffi`. */
export interface GatedTest {
  readonly name: string;
  /** What it needs; it is left out where one of these is not granted, or is missing. */
  readonly needs: readonly Need[];
  /** Why it must be left out in any case, if it must. */
  readonly leftOut?: string | undefined;
  readonly fn: (context: Deno.TestContext) => void | Promise<void>;
}

/**
 * Registers a test that runs where its permissions are granted. Elsewhere it is
 * reported as ignored, and its name says what is missing. It runs with these
 * permissions and `--allow-ffi` only.
 */
export function gatedTest({ name, needs, leftOut, fn }: GatedTest): void {
  const missing = needs.filter((need) => !isGranted(need)).map(flagFor);
  const reason = missing.length > 0
    ? `needs ${missing.join(", ")}`
    : leftOut ?? firstReason(needs);
  Deno.test({
    name: reason === undefined ? name : `${name} [left out: ${reason}]`,
    ignore: reason !== undefined,
    permissions: declared(needs),
    fn,
  });
}

/**
 * Registers tests of one subject, which begins their names. All need the same.
 *
 * @param subject What is tested.
 * @param needs What each test needs.
 * @returns Registers a test.
 */
export function gatedTests(
  subject: string,
  needs: readonly Need[],
): (name: string, fn: GatedTest["fn"]) => void {
  return (name, fn) => gatedTest({ name: `${subject} ${name}`, needs, fn });
}

/** Whether a permission is granted. Never asks for it. */
export function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/** The permission to start `command`, which must be installed unless it is a path. */
export function toRun(command: string): Need {
  return {
    name: "run",
    command,
    whyMissing: () =>
      command.includes("/") ? undefined : whyNotInstalled(command),
  };
}

const found = new Map<string, string | undefined>();

/** Why a command cannot be used, where it may be started at all. */
export function whyNotInstalled(command: string): string | undefined {
  if (!isGranted({ name: "run", command })) return undefined;
  if (!found.has(command)) found.set(command, tryCommand(command));
  return found.get(command);
}

/** Compiles for this machine: a compiler may lack the C library's headers. */
const COMPILE = ["-shared", "-fPIC", "-x", "c", "-include", "pthread.h"];

function tryCommand(command: string): string | undefined {
  const args = command === "cc"
    ? [...COMPILE, "-o", "/dev/null", "/dev/null"]
    : ["--version"];
  try {
    const { success } = new Deno.Command(command, {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).outputSync();
    return success || command !== "cc"
      ? undefined
      : "cc does not compile for this machine";
  } catch {
    return `${command} is not installed`;
  }
}

function firstReason(needs: readonly Need[]): string | undefined {
  for (const { whyMissing } of needs) {
    const reason = whyMissing?.();
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function declared(
  needs: readonly Need[],
): Deno.PermissionOptionsObject {
  const names = needs.map(({ name }) => [name, "inherit"]);
  return { ffi: "inherit", ...Object.fromEntries(names) };
}

function flagFor(descriptor: Deno.PermissionDescriptor): string {
  const flag = `--allow-${descriptor.name}`;
  return descriptor.name === "run" && typeof descriptor.command === "string"
    ? `${flag}=${descriptor.command.split("/").at(-1)}`
    : flag;
}
