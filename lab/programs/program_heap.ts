import {
  arenaMemory,
  Heap,
  type HeapPolicy,
  processMemory,
} from "@osmem/osmem";
import {
  CBindings,
  CCalls,
  ErrorLog,
  exactArgument,
} from "@osmem/osmem/internal";
import { TracedCalls } from "../reference/traced_calls.ts";
import { TracedMemory } from "../reference/traced_memory.ts";
import type { MemoryKind } from "../replay/open_heap.ts";
import { record, type Recording } from "../runs/recording.ts";

/** What heap a program runs on. */
export interface ProgramHeapOptions {
  /** The memory below it. */
  readonly memory: MemoryKind;
  /** Its policy; the contract's by default. */
  readonly policy?: Partial<HeapPolicy>;
  /** What the recording is called; nothing is recorded without. */
  readonly title?: string | undefined;
  /** Given the lines of each call, as the course's checker writes them. */
  readonly onCall?: ((lines: string) => void) | undefined;
}

/** The heap that answers the `os_*` functions of a program. */
export interface ProgramHeap {
  /** The heap. */
  readonly heap: Heap;
  /** What it does, if that is recorded. */
  readonly recording: Recording | undefined;
  /** The C functions that go to it. */
  readonly bindings: CBindings;
}

/** Makes a new heap that answers the `os_*` functions of this process. */
export function openProgramHeap(options: ProgramHeapOptions): ProgramHeap {
  const { policy, title, onCall } = options;
  const memory = options.memory === "arena" ? arenaMemory() : processMemory();
  const traced = onCall && new TracedMemory(memory);
  const heap = new Heap({ ...policy, memory: traced ?? memory });
  const recording = title === undefined ? undefined : record(heap, { title });
  const log = new ErrorLog();
  const calls = new CCalls(recording ?? heap, log);
  const answers = traced
    ? new TracedCalls(calls, {
      memory: traced,
      exactArgument: (index) => exactArgument(bindings, index),
      write: onCall,
    })
    : calls;
  const bindings: CBindings = new CBindings(answers, log, {
    os: true,
    everyCall: recording !== undefined || traced !== undefined,
  });
  return { heap, recording, bindings };
}
