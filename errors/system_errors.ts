/**
 * The system refuses: a system call ({@linkcode SystemCallError}), or the memory that a
 * call of a heap needs ({@linkcode OutOfMemoryError}).
 *
 * @module
 */
import { formatAddress } from "./messages.ts";

/** The system calls that osmem makes. */
export type SystemCall = "sbrk" | "mmap" | "munmap";

/** The error number of a refused allocation, `ENOMEM` on Linux. */
export const ENOMEM = 12;

/**
 * Thrown when the system refuses a call of a {@linkcode Memory}.
 *
 * Error numbers and their names follow errno(3).
 *
 * @example Refuse every mapping
 * ```ts
 * import {
 *   arenaMemory,
 *   Heap,
 *   type Memory,
 *   OutOfMemoryError,
 *   SystemCallError,
 * } from "@osmem/osmem";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * using arena = arenaMemory();
 * const refusing: Memory = {
 *   pageSize: arena.pageSize,
 *   sbrk: (increment) => arena.sbrk(increment),
 *   mmap: (length) => {
 *     throw new SystemCallError("mmap", 12, [length]);
 *   },
 *   munmap: (address, length) => arena.munmap(address, length),
 *   buffer: (address, length) => arena.buffer(address, length),
 * };
 *
 * using heap = new Heap({ memory: refusing });
 * const refused = () => heap.malloc(200_000);
 * const { cause } = assertThrows(refused, OutOfMemoryError);
 * assertEquals((cause as SystemCallError).code, "ENOMEM");
 * assertEquals(heap.stats().liveBlocks, 0);
 * ```
 */
export class SystemCallError extends Error {
  /** `"SystemCallError"`. */
  override readonly name = "SystemCallError";
  /** The call that was refused. */
  readonly syscall: SystemCall;
  /** The error number, a positive number as in errno(3). */
  readonly errno: number;
  /** The error number's name, such as `"ENOMEM"`. */
  readonly code: string;

  /**
   * Makes the error.
   *
   * @param syscall The call that was refused.
   * @param errno The error number, a positive number.
   * @param args The call's arguments; addresses before lengths.
   * @param remedy What to do, if that is known.
   */
  constructor(
    syscall: SystemCall,
    errno: number,
    args: readonly number[] = [],
    remedy?: string,
  ) {
    const [code, meaning] = explain(syscall, errno);
    super(
      `${syscall}(${formatArguments(args)}) failed with ${code}: ${meaning}` +
        (remedy === undefined ? "" : `; ${remedy}`),
    );
    this.syscall = syscall;
    this.errno = errno;
    this.code = code;
  }
}

/** What sbrk(2), mmap(2) and munmap(2) can answer, by their Linux numbers. */
const ERROR_NAMES: Readonly<Record<number, [code: string, meaning: string]>> = {
  1: ["EPERM", "operation not permitted"],
  9: ["EBADF", "bad file descriptor"],
  11: ["EAGAIN", "too much memory has been locked"],
  12: ["ENOMEM", "the system has no memory to give"],
  13: ["EACCES", "permission denied"],
  19: ["ENODEV", "no such device"],
  22: ["EINVAL", "invalid argument"],
  23: ["ENFILE", "too many open files in the system"],
  75: ["EOVERFLOW", "value too large"],
};

/** What munmap(2) means by ENOMEM: the kernel joins mappings that lie side by side. */
const WOULD_SPLIT =
  "vm.max_map_count mappings are all that a process may have, and without this one " +
  "those on both sides of it could be two; give others back first";

function explain(
  syscall: SystemCall,
  errno: number,
): [code: string, meaning: string] {
  if (syscall === "munmap" && errno === ENOMEM) return ["ENOMEM", WOULD_SPLIT];
  return ERROR_NAMES[errno] ?? [`errno ${errno}`, "see errno(3)"];
}

function formatArguments(args: readonly number[]): string {
  if (args.length < 2) return args.join();
  const [address, length] = args as [number, number];
  return `${formatAddress(address)}, ${length}`;
}

/**
 * Thrown when the system refuses the memory that a call needs. Every block stays live
 * and keeps its content. Free blocks may have been merged, and `realloc` may have joined
 * free neighbours to its block. The `cause` is the error of the refused system call, if
 * one was made.
 *
 * @example Ask for more than an arena has
 * ```ts
 * import { arenaMemory, Heap, OutOfMemoryError } from "@osmem/osmem";
 * import { assertThrows } from "@std/assert";
 *
 * using arena = arenaMemory({ reserve: 1 << 18 });
 * using heap = new Heap({ memory: arena, mmapThreshold: 1 << 30 });
 * assertThrows(() => heap.malloc(1 << 20), OutOfMemoryError);
 * ```
 */
export class OutOfMemoryError extends Error {
  /** `"OutOfMemoryError"`. */
  override readonly name = "OutOfMemoryError";
  /** `"out-of-memory"`. */
  readonly code = "out-of-memory";

  /**
   * Makes the error.
   *
   * @param request The call that failed, as in `"malloc(100)"`.
   * @param reason Why there is no memory for it.
   * @param cause The error of the refused system call.
   */
  constructor(request: string, reason: string, cause?: unknown) {
    super(
      `${request} failed: ${reason}. Nothing was lost; free blocks or ask for less`,
      { cause },
    );
  }
}
