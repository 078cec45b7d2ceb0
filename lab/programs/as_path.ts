/**
 * A file name as a path, which no compiler takes for an option, nor the dynamic loader for
 * something to be looked for in the system's folders.
 */
export function asPath(file: string): string {
  return file.includes("/") ? file : `./${file}`;
}
