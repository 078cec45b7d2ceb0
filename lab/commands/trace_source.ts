import { ProgressBar } from "./progress_bar.ts";
import { type ReadOptions, readTrace } from "../traces/read_trace.ts";
import type { Trace } from "../traces/trace.ts";
import { TraceError } from "../traces/trace_error.ts";

/** The name that stands for standard input on the command line. */
export const STANDARD_INPUT = "-";

/** How the name of a workload begins. */
const WORKLOAD_PREFIX = "workload:";

/** What OSTEP's operations begin with that stand on the command line itself. */
const FIRST_OPERATION = /^\+\d+([,\s]|$)/;

/**
 * Reads or makes the trace that a command line names:
 *
 * ```text
 *   FILE                a recording, a .rep file, …
 *   -                   standard input
 *   workload:NAME,…     a workload, see {@linkcode parseWorkload}
 *   +100,+200,-0        OSTEP's operations
 * ```
 *
 * A file with such a name can be given as `./+1` or `./workload:comb`.
 *
 * @param name One of these.
 * @param options The format; detected by default.
 * @throws {TraceError} If the trace cannot be opened or is malformed.
 */
export function loadTrace(
  name: string,
  options: ReadOptions = {},
): Promise<Trace> {
  return loadSource(name, options, readTrace);
}

/** Reads a file, as {@linkcode readTrace} does. */
export type SourceReader<Source> = (
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  file: string,
  options: ReadOptions,
) => Promise<Source>;

/**
 * Reads or makes what a command line names, where a file may hold something else than a
 * trace.
 *
 * @param name What {@linkcode loadTrace} takes.
 * @param options The format; detected by default.
 * @param read Reads files and standard input.
 * @throws {TraceError} If it cannot be opened, or `read` throws it.
 */
export async function loadSource<Source>(
  name: string,
  options: ReadOptions,
  read: SourceReader<Source>,
): Promise<Source | Trace> {
  if (name.startsWith(WORKLOAD_PREFIX)) return await makeWorkload(name);
  if (areOperations(name)) return await readOperations(name);
  if (name === STANDARD_INPUT) {
    return await read(Deno.stdin.readable, "<standard input>", options);
  }
  return await readFile(name, options, read);
}

/** Loads the workloads, and the random numbers that they draw, only for a workload. */
async function makeWorkload(name: string): Promise<Trace> {
  const { parseWorkload } = await import("../workloads/parse_workload.ts");
  return parseWorkload(name);
}

/** Whether a name is not that of a file, but OSTEP's operations themselves. */
export function areOperations(name: string): boolean {
  return FIRST_OPERATION.test(name);
}

async function readOperations(operations: string): Promise<Trace> {
  const bytes = new Blob([operations]).stream();
  return await readTrace(bytes, "<operations>", { format: "ostep" });
}

async function readFile<Source>(
  name: string,
  options: ReadOptions,
  read: SourceReader<Source>,
): Promise<Source> {
  using file = await openFile(name);
  const { size, isDirectory } = await file.stat();
  if (isDirectory) {
    throw new TraceError({ file: name }, "is a folder; name a file in it");
  }
  using progress = new ProgressBar("Reading  ", size);
  return await read(watched(file.readable, progress), name, options);
}

async function openFile(name: string): Promise<Deno.FsFile> {
  if (name === "") {
    throw new TraceError({ file: '""' }, "is not a file name; name a trace");
  }
  try {
    return await Deno.open(name);
  } catch (error) {
    throw new TraceError(
      { file: name },
      `cannot be opened: ${why(error, name)}`,
      error,
    );
  }
}

function why(error: unknown, name: string): string {
  if (error instanceof Deno.errors.NotFound) {
    return "no such file; check the path";
  }
  if (error instanceof Deno.errors.NotCapable) return whatToPermit(name);
  return error instanceof Error ? error.message : String(error);
}

/** Some files of the system take more than the permission to read them. */
function whatToPermit(name: string): string {
  const { state } = Deno.permissions.querySync({ name: "read", path: name });
  return state === "granted"
    ? "deno opens this file only with --allow-all; " +
      `name another file, or ${STANDARD_INPUT} for standard input`
    : "permission denied; run deno with --allow-read";
}

function watched(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  progress: ProgressBar,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return stream.pipeThrough(
    new TransformStream({
      transform(bytes, controller) {
        progress.add(bytes.length);
        controller.enqueue(bytes);
      },
    }),
  );
}
