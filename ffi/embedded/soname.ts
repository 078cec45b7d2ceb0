/**
 * What the dynamic loader knows the embedded library by, wherever it lies: its SONAME.
 *
 * It says what the library was made of. So all isolates of a process find the same one,
 * and another version of osmem in that process has another.
 *
 * @param hash The hash of its sources.
 */
export function sonameOf(hash: string): string {
  return `libosmem-${hash.slice(0, 12)}.so`;
}
