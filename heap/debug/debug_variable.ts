const VARIABLE = "OSMEM_DEBUG";

/**
 * Whether `OSMEM_DEBUG=1` asks for the default heap to be a debug heap. The variable is
 * read only where that is already allowed: asking would prompt.
 */
export function isDebugAsked(): boolean {
  const { state } = Deno.permissions.querySync({
    name: "env",
    variable: VARIABLE,
  });
  return state === "granted" && Deno.env.get(VARIABLE) === "1";
}
