/** A test that needs more than `--allow-ffi`. */
export interface GatedTest {
  readonly name: string;
  /** What it needs; it is left out where one of these is not granted. */
  readonly needs: readonly Deno.PermissionDescriptor[];
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
  const reason = missing.length > 0 ? `needs ${missing.join(", ")}` : leftOut;
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
  needs: readonly Deno.PermissionDescriptor[],
): (name: string, fn: GatedTest["fn"]) => void {
  return (name, fn) => gatedTest({ name: `${subject} ${name}`, needs, fn });
}

/** Whether a permission is granted. Never asks for it. */
export function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/** The permission to start `command`. */
export function toRun(command: string): Deno.PermissionDescriptor {
  return { name: "run", command };
}

function declared(
  needs: readonly Deno.PermissionDescriptor[],
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
