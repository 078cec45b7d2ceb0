import { readTrace } from "../../lab/traces/read_trace.ts";
import { CallKind, NO_BLOCK, type Trace } from "../../lab/traces/trace.ts";
import type { Allocator } from "../allocator.ts";
import { inSlots, type Preparation, type Workload } from "../workload.ts";

/** The calls that a run of the Lua interpreter made of its allocator. */
export const wordIndex: Preparation = replayOf("word-index.trace.gz");

/** The calls of a C compiler that compiled a program of 250 lines. */
export const compileCalculator: Preparation = replayOf(
  "compile-calculator.trace.gz",
);

/** The calls of SQLite with a database in memory. */
export const lendingLibrary: Preparation = replayOf("lending-library.trace.gz");

/** The calls of the Perl interpreter that made a report of a log. */
export const logReport: Preparation = replayOf("log-report.trace.gz");

function replayOf(file: string): Preparation {
  return {
    on: async (allocator) => replay(allocator, await read(file)),
    inC: async (library) => {
      const trace = await read(file);
      const { kinds, blocks, sizes, counts, length } = trace;
      return inSlots(library, trace.blockCount, {
        operations: length,
        run(parts) {
          for (let part = 0; part < parts; part++) {
            library.floor_trace(kinds, blocks, sizes, counts, length);
          }
        },
      });
    },
  };
}

type OwnTrace = Trace & {
  readonly kinds: Uint8Array<ArrayBuffer>;
  readonly blocks: Uint32Array<ArrayBuffer>;
  readonly sizes: Float64Array<ArrayBuffer>;
  readonly counts: Float64Array<ArrayBuffer>;
};

async function read(file: string): Promise<OwnTrace> {
  const url = new URL(`../../examples/traces/${file}`, import.meta.url);
  const { readable } = await Deno.open(url);
  return await readTrace(readable, file) as OwnTrace;
}

/** Makes all calls of a trace, then frees what is live, so that it can be run again. */
function replay<Block>(allocator: Allocator<Block>, trace: Trace): Workload {
  const { kinds, blocks, sizes, counts } = trace;
  const live = Array.from({ length: trace.blockCount }, () => allocator.none);
  const perform = (call: number) => {
    const block = blocks[call] as number;
    const size = sizes[call] as number;
    switch (kinds[call]) {
      case CallKind.malloc:
      case CallKind.memalign:
        live[block] = allocator.malloc(size);
        break;
      case CallKind.calloc:
        live[block] = allocator.calloc((counts[call] as number) * size);
        break;
      case CallKind.realloc:
        live[block] = allocator.realloc(live[block]!, size);
        break;
      default:
        if (block === NO_BLOCK) return allocator.free(allocator.none);
        allocator.free(live[block]!);
        live[block] = allocator.none;
    }
  };
  return {
    operations: kinds.length,
    run(parts) {
      for (let part = 0; part < parts; part++) {
        for (let call = 0; call < kinds.length; call++) perform(call);
        for (let block = 0; block < live.length; block++) {
          allocator.free(live[block]!);
          live[block] = allocator.none;
        }
      }
    },
    end() {},
  };
}
