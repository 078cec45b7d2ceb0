/**
 * The calls of a trace as every message shows them: one in a line, indented.
 *
 * @param calls Each as in `main (file:///a.ts:1:2)`.
 */
export function formatCalls(calls: readonly string[]): string {
  return calls.map((call) => `    ${call}`).join("\n");
}
