import { CallKind } from "../trace.ts";

/** Which argument, counted from 0, is what. */
interface Signature {
  readonly kind: CallKind;
  readonly old?: number;
  readonly count?: number;
  readonly size?: number;
}

/** What a call asks for. */
export interface LtraceCall {
  /** What it is. */
  readonly kind: CallKind;
  /** The address given to `realloc` or `free`, otherwise 0. */
  readonly old: number;
  /** Elements. */
  readonly count: number;
  /** Bytes, each element. */
  readonly size: number;
}

const { malloc, calloc, realloc, memalign, free } = CallKind;

const SIGNATURES = new Map<string, Signature>([
  ["malloc", { kind: malloc, size: 0 }],
  ["calloc", { kind: calloc, count: 0, size: 1 }],
  ["realloc", { kind: realloc, old: 0, size: 1 }],
  ["reallocarray", { kind: realloc, old: 0, count: 1, size: 2 }],
  ["memalign", { kind: memalign, size: 1 }],
  ["aligned_alloc", { kind: memalign, size: 1 }],
  ["valloc", { kind: memalign, size: 0 }],
  ["pvalloc", { kind: memalign, size: 0 }],
  ["free", { kind: free, old: 0 }],
  ["cfree", { kind: free, old: 0 }],
]);
const CPP_SIGNATURES: readonly (readonly [RegExp, Signature])[] = [
  [/^_Zn[wa].*align_val_t|^operator new.*align_val_t/, {
    kind: memalign,
    size: 0,
  }],
  [/^_Zn[wa]|^operator new/, { kind: malloc, size: 0 }],
  [/^_Zd[la]|^operator delete/, { kind: free, old: 0 }],
];

/** Functions that return a block which the program frees. */
const GIVING = [
  "strdup",
  "__strdup",
  "strndup",
  "__strndup",
  "wcsdup",
  "tempnam",
  "canonicalize_file_name",
  "get_current_dir_name",
];

/** Functions that give a block through a pointer, perhaps one that they gave before. */
const GIVING_THROUGH_POINTERS = [
  "getline",
  "getdelim",
  "__getdelim",
  "asprintf",
  "vasprintf",
  "__asprintf_chk",
  "__vasprintf_chk",
  "scandir",
  "open_memstream",
  "posix_memalign",
];

/** How a function gives memory without a call of malloc's family in the recording. */
export function givingOf(name: string): "result" | "pointer" | undefined {
  if (GIVING.includes(name)) return "result";
  return GIVING_THROUGH_POINTERS.includes(name) ? "pointer" : undefined;
}

/** Whether a function is one of malloc's family. */
export function isAllocator(name: string): boolean {
  return signatureOf(name) !== undefined;
}

/**
 * What a call of malloc's family asks for, or `undefined` if arguments are
 * missing. ltrace prints more than there are where it knows no prototype.
 */
export function allocationOf(
  name: string,
  args: readonly number[],
): LtraceCall | undefined {
  const signature = signatureOf(name);
  if (!signature) return undefined;
  const { kind, old, count, size } = signature;
  const call = {
    kind,
    old: old === undefined ? 0 : args[old],
    count: count === undefined ? 1 : args[count],
    size: size === undefined ? 0 : args[size],
  };
  return isWhole(call) ? call : undefined;
}

function isWhole(
  call: { [Name in keyof LtraceCall]: LtraceCall[Name] | undefined },
): call is LtraceCall {
  return Object.values(call).every((value) => value !== undefined);
}

function signatureOf(name: string): Signature | undefined {
  return SIGNATURES.get(name.replace(/^os_/, "")) ??
    CPP_SIGNATURES.find(([pattern]) => pattern.test(name))?.[1];
}
