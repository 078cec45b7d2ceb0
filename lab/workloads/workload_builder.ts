import { CallKind, type Trace } from "../traces/trace.ts";
import { TraceBuilder } from "../traces/trace_builder.ts";

/** Builds the trace of a workload, call by call. */
export class WorkloadBuilder {
  /** The number of calls so far. */
  calls = 0;
  readonly #builder = new TraceBuilder("workload");
  #blocks = 0;

  /**
   * Allocates.
   *
   * @param size Bytes.
   * @returns The block's number.
   */
  malloc(size: number): number {
    const block = this.#blocks++;
    const call = { kind: CallKind.malloc, count: 1, size };
    this.#builder.allocate(call, block, ++this.calls);
    return block;
  }

  /** Changes the size of a block to that many bytes. */
  realloc(block: number, size: number): void {
    this.#builder.reallocate(block, size, block, ++this.calls);
  }

  /** Frees a block. */
  free(block: number): void {
    this.#builder.free(block, ++this.calls);
  }

  /** The trace; `name` stands for its file. Calls count as its lines. */
  build(name: string): Trace {
    return this.#builder.build("workload", name);
  }
}
