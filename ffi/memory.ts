/**
 * An address in this process, as a number of bytes. User space needs 47 bits
 * and a JavaScript number holds 53 exactly. `0` is NULL.
 *
 * Bitwise operators cut numbers to 32 bits: never use them on an address.
 */
export type Address = number;

/**
 * The system as the allocator sees it: every system call of a heap goes through its
 * memory.
 *
 * {@linkcode processMemory} and {@linkcode arenaMemory} make real memories. Wrap one to
 * record its calls or to refuse them. While a heap is in a call of its memory, it can be
 * looked at (`stats`, `blocks`) but not changed: a change that needs the memory again is
 * refused.
 *
 * @example Count the system calls of a heap
 * ```ts
 * import { arenaMemory, Heap, type Memory } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * using arena = arenaMemory();
 * let moves = 0;
 * const counted: Memory = {
 *   pageSize: arena.pageSize,
 *   sbrk: (increment) => (increment === 0 || moves++, arena.sbrk(increment)),
 *   mmap: (length) => arena.mmap(length),
 *   munmap: (address, length) => arena.munmap(address, length),
 *   buffer: (address, length) => arena.buffer(address, length),
 * };
 *
 * using heap = new Heap({ memory: counted });
 * heap.malloc(100);
 * heap.malloc(100);
 * assertEquals(moves, 1);
 * ```
 */
export interface Memory {
  /** Bytes in a page. */
  readonly pageSize: number;

  /**
   * Moves the program break, as sbrk(2) does. `sbrk(0)` only asks where it is.
   * Never lower the break of the process: the bytes below it are used by heaps and by
   * the C library, which ends the process when it notices.
   *
   * @param increment Bytes to move it by.
   * @returns The previous break.
   * @throws {SystemCallError} If the system refuses.
   * @throws {ArgumentError} If `increment` is not a safe integer.
   */
  sbrk(increment: number): Address;

  /**
   * Makes a zeroed, private mapping of its own, as mmap(2) does.
   *
   * @param length Bytes.
   * @returns The mapping's address, a multiple of the page size.
   * @throws {SystemCallError} If the system refuses.
   */
  mmap(length: number): Address;

  /**
   * Gives a whole mapping back, as munmap(2) does. Windows on it are detached before.
   *
   * @param address What {@linkcode Memory.mmap} returned.
   * @param length Bytes, as given to {@linkcode Memory.mmap}.
   * @throws {SystemCallError} If the system refuses. The mapping is then intact, and the
   * windows on it are detached: open new ones.
   * @throws {UsageError} If a window cannot be detached. The mapping is then intact.
   * @throws {ArgumentError} If this is not a whole mapping that this memory made.
   */
  munmap(address: Address, length: number): void;

  /**
   * A window on this memory: reads and writes of the buffer are reads and writes of the
   * process's own bytes. It may be longer than the memory that is mapped now, up to
   * where the break may move to. Touching a byte that is not mapped ends the process.
   *
   * @param address The first byte.
   * @param length Bytes.
   * @returns The window.
   */
  buffer(address: Address, length: number): ArrayBuffer;
}
