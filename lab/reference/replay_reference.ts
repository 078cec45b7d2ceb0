import { CCalls, ErrorLog } from "@osmem/osmem/internal";
import { arenaMemory, Heap } from "@osmem/osmem";
import { makeReferenceCall, parseReferenceCalls } from "./reference_calls.ts";
import { TracedCalls } from "./traced_calls.ts";
import { TracedMemory } from "./traced_memory.ts";

/**
 * Makes the calls of a reference trace on a new heap, and writes the trace anew: the
 * same text, if the heap does what the reference says. It ends early at a pointer into
 * a mapping that was never made.
 *
 * @param text The reference trace.
 * @param file Its name, for messages.
 * @throws {TraceError} If a line is none of such a trace.
 */
export function replayReference(text: string, file: string): string {
  const { calls, exit } = parseReferenceCalls(text, file);
  let trace = "";
  using arena = arenaMemory();
  const memory = new TracedMemory(arena);
  using heap = new Heap({ memory });
  const answers = new CCalls(heap, new ErrorLog(() => {}));
  let args: readonly string[] = [];
  const traced = new TracedCalls(answers, {
    memory,
    exactArgument: (index) => BigInt(args[index] as string),
    write: (lines) => trace += lines,
  });
  for (const call of calls) {
    args = call.args;
    if (!makeReferenceCall(call, traced, memory.names)) return trace;
  }
  return exit === undefined ? trace : `${trace}${exit}\n`;
}
