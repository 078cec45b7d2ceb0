/** Writes a line to standard error, after the name `osmem`; nobody may listen. */
export function printLine(text: string): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(`osmem: ${text}\n`));
  } catch {
    // Nobody listens.
  }
}
