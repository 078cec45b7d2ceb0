import type { Allocator } from "./allocator.ts";
import type { CallName, TraceCall } from "./reference_trace.ts";

/** Makes a trace's calls, and answers with what came of them. */
export function replay(
  allocator: Allocator,
  calls: readonly TraceCall[],
): TraceCall[] {
  return calls.map(({ name, args }) => {
    const result = make(allocator, name, args);
    return { name, args, result, systemCalls: allocator.takeSystemCalls() };
  });
}

function make(
  allocator: Allocator,
  name: CallName,
  [first = 0, second = 0]: readonly number[],
): number | undefined {
  switch (name) {
    case "os_malloc":
      return allocator.malloc(first);
    case "os_calloc":
      return allocator.calloc(first, second);
    case "os_realloc":
      return allocator.realloc(first, second);
    case "os_free":
      allocator.free(first);
      return undefined;
  }
}
