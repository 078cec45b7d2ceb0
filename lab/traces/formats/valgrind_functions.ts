/**
 * How the arguments of a function are read:
 *
 * ```text
 *   sized         (SIZE)
 *   aligned       (al ALIGN, size SIZE) in either order, (ALIGN, SIZE), (OUT, ALIGN, SIZE)
 *   alignedNew    (size SIZE, al ALIGN) in either order, (SIZE, ALIGN)
 *   counted       (COUNT,SIZE)
 *   reallocation  (OLD,SIZE)
 *   array         (OLD,COUNT,SIZE)
 *   release       (OLD) and what follows, such as its size
 *   question      anything: asks for nothing
 *   report        anything, and has no result
 * ```
 */
export type ArgumentReader =
  | "sized"
  | "aligned"
  | "alignedNew"
  | "counted"
  | "reallocation"
  | "array"
  | "release"
  | "question"
  | "report";

const READERS = new Map<string, ArgumentReader>([
  ["malloc", "sized"],
  ["valloc", "sized"],
  ["pvalloc", "sized"],
  ["memalign", "aligned"],
  ["aligned_alloc", "aligned"],
  ["posix_memalign", "aligned"],
  ["calloc", "counted"],
  ["realloc", "reallocation"],
  ["reallocarray", "array"],
  ["free", "release"],
  ["cfree", "release"],
  ["free_sized", "release"],
  ["free_aligned_sized", "release"],
  ["malloc_usable_size", "question"],
  ["mallinfo", "report"],
  ["mallinfo2", "report"],
]);

const CPP_READERS: readonly (readonly [RegExp, ArgumentReader])[] = [
  [/^_Zn[wa].*align_val_t/, "alignedNew"],
  [/^_Zn[wa]/, "sized"],
  [/^_Zd[la]/, "release"],
];

/** How the arguments of a function of malloc's family are read. */
export function readerOf(name: string): ArgumentReader | undefined {
  const reader = READERS.get(name);
  if (reader !== undefined || !name.startsWith("_Z")) return reader;
  return CPP_READERS.find(([pattern]) => pattern.test(name))?.[1];
}

/** Whether a line that ends here may have been cut off inside a call's name. */
export function beginsName(text: string): boolean {
  return text !== "" && READERS.keys().some((name) => name.startsWith(text));
}
