/**
 * What the lab, `@osmem/lab`, uses of the core beside `mod.ts`. It is made for the lab
 * alone and changes with it: programs import `@osmem/osmem`.
 *
 * | exported | because |
 * |---|---|
 * | `watchHeap`, `HeapWatch` | a recording learns from them what each call changed |
 * | `bindCalls`, `CBindings`, `CCalls`, `CAnswers`, `ErrorLog`, `exactArgument` | C programs call a heap that is recorded, or whose calls are traced |
 * | `atExit` | the run of a C program is written after the program has called `exit` |
 * | `native`, `libraryPath`, `SONAME`, `embeddedLibrary`, `OSMEM_HEADER` | C programs are compiled and linked with the native library that is loaded |
 * | `MemoryFile`, `openCLibrary` | a program that was compiled is loaded from memory |
 * | `toCString`, `fromCString`, `pointerAt` | the lab calls functions of C, and reads headers in memory |
 *
 * Plain code that needs no native library is in `internal_plain.ts`.
 *
 * @module
 */
export { fromCString, openCLibrary, toCString } from "./ffi/c_library.ts";
export { embeddedLibrary, MemoryFile } from "./ffi/embedded_library.ts";
export { SONAME } from "./ffi/libraries.generated.ts";
export { libraryPath, native } from "./ffi/library.ts";
export { OSMEM_HEADER } from "./ffi/osmem_header.generated.ts";
export { pointerAt } from "./ffi/pointer.ts";
export { bindCalls, CBindings, exactArgument } from "./heap/c/c_bindings.ts";
export { type CAnswers, CCalls, ErrorLog } from "./heap/c/c_calls.ts";
export { atExit } from "./heap/c/exit_action.ts";
export { watchHeap } from "./heap/heap.ts";
export type { HeapWatch } from "./heap/inspection/watch.ts";
