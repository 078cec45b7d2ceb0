import { arenaMemory, Heap, type Pointer } from "@osmem/osmem";
import { toCString } from "@osmem/osmem/internal";

/** `argc` and `argv` of a program, in memory that never moves. */
export interface ProgramArguments {
  /** How many there are, the program's name among them. */
  readonly count: number;
  /** An array of their addresses, with NULL at its end. */
  readonly pointer: Pointer;
}

/**
 * Bytes of address space. The system takes arguments of a quarter of the stack's limit,
 * 6 MiB at most: see execve(2). An empty one counts 9 bytes there, and takes 48 here.
 */
const RESERVE = 2 ** 26;

/**
 * Lays out the arguments of a program, as execve(2) does: strings that end in a zero
 * byte, and an array of pointers to them. They live as long as the process, on a heap
 * of their own, so that they do not appear in the heap of the program.
 *
 * ```text
 *   argv[0]   argv[1]   NULL
 *   │         │
 *   │         └──────▶ "first\0"
 *   └────────────────▶ "program.so\0"
 * ```
 *
 * @param args The name of the program and its arguments.
 */
export function layOutArguments(args: readonly string[]): ProgramArguments {
  const heap = new Heap({ memory: arenaMemory({ reserve: RESERVE }) });
  const count = args.length;
  const address = heap.calloc(count + 1, BigUint64Array.BYTES_PER_ELEMENT);
  const { buffer, byteOffset } = heap.bytes(address);
  const array = new BigUint64Array(buffer, byteOffset, count + 1);
  args.forEach((arg, index) => {
    array[index] = BigInt(layOutString(heap, arg));
  });
  return { count, pointer: heap.pointer(address) };
}

function layOutString(heap: Heap, text: string): number {
  const bytes = toCString(text);
  const address = heap.malloc(bytes.length);
  heap.bytes(address).set(bytes);
  return address;
}
