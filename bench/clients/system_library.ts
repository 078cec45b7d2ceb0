/** A C library that the system has, or not. */
export interface SystemLibrary {
  /** As people call it. */
  readonly name: string;
  /** What the loader looks for. */
  readonly file: string;
  /** The package of Debian that holds it. */
  readonly debianPackage: string;
}

/** Why a library cannot be loaded, and what to do; nothing where it can. */
export function whyMissing(
  { file, debianPackage }: Omit<SystemLibrary, "name">,
): string | undefined {
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") {
    return "needs --allow-ffi";
  }
  try {
    Deno.dlopen(file, {}).close();
    return undefined;
  } catch {
    return `there is no ${file}; Debian has it in the package ${debianPackage}`;
  }
}
