/**
 * Native memory for Deno, from an allocator written in TypeScript.
 *
 * {@linkcode Heap} is an allocator on a memory of your choice: `malloc` and `free` by
 * address, and {@linkcode Allocation}s, which are freed when their scope ends and cannot
 * be read afterwards. The `os_*` functions are one on the process's own program break,
 * with the names and the behaviour of a well-known operating-systems course assignment.
 *
 * Needs `--allow-ffi`; the native library is loaded on first use, from a file or from
 * what is embedded in the modules.
 *
 * @example Lend memory to C, and have it back
 * ```ts
 * import { Heap } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * using heap = new Heap();
 * {
 *   using name = heap.allocateString("Ada");
 *   assertEquals(name.bytes.length, 4); // name.pointer is for C
 * }
 * assertEquals(heap.stats().liveBlocks, 0);
 * ```
 *
 * @example Allocate, write, read, free
 * ```ts
 * import { Heap } from "@osmem/osmem";
 * import { assertEquals } from "@std/assert";
 *
 * using heap = new Heap();
 * const address = heap.malloc(5);
 * heap.bytes(address, 5).set(new TextEncoder().encode("hello"));
 * assertEquals(new TextDecoder().decode(heap.bytes(address, 5)), "hello");
 * heap.free(address);
 * ```
 *
 * @module
 */
export {
  type ArenaMemory,
  arenaMemory,
  type ArenaOptions,
  processMemory,
} from "./ffi/memories.ts";
export { type LibraryAttempt, LibraryError } from "./errors/library_error.ts";
export { ArgumentError } from "./errors/argument_error.ts";
export type { Address, Memory } from "./ffi/memory.ts";
export type { Pointer } from "./ffi/pointer.ts";
export type { RefusedCalls } from "./heap/c/native_binding.ts";
export {
  OutOfMemoryError,
  type SystemCall,
  SystemCallError,
} from "./errors/system_errors.ts";
export { UsageError, type UsageErrorCode } from "./errors/usage_error.ts";
export type { Block, BlockStatus } from "./heap/layout.ts";
export type {
  CBindings,
  CBindingsOptions,
  HookBody,
  HookDefinition,
} from "./heap/c/c_bindings.ts";

export {
  type CorruptionCode,
  CorruptionError,
  type DamagedBlock,
  type DamageFacts,
} from "./errors/corruption_error.ts";
export { Heap } from "./heap/heap.ts";
export type {
  CoalescePolicy,
  FitPolicy,
  HeapOptions,
  HeapPolicy,
  Leak,
  LeakListener,
  StackRecording,
} from "./heap/heap_options.ts";
export type {
  FreeMemory,
  HeapStats,
  SystemCallCounts,
} from "./heap/heap_stats.ts";
export { Allocation } from "./heap/allocations/allocation.ts";
export type {
  AllocationOptions,
  ContentOptions,
  PointersOptions,
  ScopeOptions,
} from "./heap/allocations/allocation.ts";
export { Allocator } from "./heap/allocations/scope.ts";
export type { Pointee } from "./heap/allocations/contents.ts";
export {
  readString,
  type ReadStringOptions,
} from "./heap/allocations/contents.ts";
export { Scope } from "./heap/allocations/scope.ts";
export { type RefusedFree, ScopeError } from "./heap/allocations/scope.ts";
export type { ByteSource } from "./heap/allocations/contents.ts";
export {
  type InvalidPointerCode,
  InvalidPointerError,
  type InvalidPointerReason,
} from "./heap/inspection/invalid_pointer.ts";
export {
  assertNoLeaks,
  LeakError,
  type LeakGroup,
  LeakReport,
  type ReportsLeaks,
} from "./heap/leaks/leak_report.ts";
export {
  os_calloc,
  os_free,
  os_heap,
  os_malloc,
  os_realloc,
  os_use,
} from "./heap/os.ts";
export {
  type FieldLayout,
  type FieldPath,
  type FieldsIn,
  type FieldType,
  type FieldTypeAt,
  type InputOf,
  type LaidOut,
  type Struct,
  struct,
  type StructFields,
  type StructTarget,
  type ValueOf,
} from "./structs/struct.ts";
export type { ScalarType, ScalarValues } from "./structs/scalars.ts";
export type { AllocationMessage } from "./heap/transfer/allocation_message.ts";
export { receiveAllocation } from "./heap/transfer/receive_allocation.ts";
export type { TakeBackOptions } from "./heap/transfer/transfers.ts";
