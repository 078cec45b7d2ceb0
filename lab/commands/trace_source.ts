import { printable } from "../printable.ts";
import { ProgressBar } from "./progress_bar.ts";
import { type ReadOptions, readTrace } from "../traces/read_trace.ts";
import type { Trace } from "../traces/trace.ts";
import { TraceError } from "../traces/trace_error.ts";

/** The name that stands for standard input on the command line. */
export const STANDARD_INPUT = "-";

/** What messages call it. */
export const STANDARD_INPUT_NAME = "<standard input>";

/** Names of what the process has open already, as a shell gives for `<(command)`. */
const OPEN_FILE = /^\/(dev\/stdin|(dev|proc\/(self|\d+))\/fd\/\d+)$/;

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
    return await read(Deno.stdin.readable, STANDARD_INPUT_NAME, options);
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
  const { size } = await requireFile(name);
  using file = await openFile(name);
  using progress = new ProgressBar("Reading  ", size);
  return await read(watched(file.readable, progress), name, options);
}

/**
 * Refuses what is no file before it is opened: a pipe without a writer waits for ever,
 * and a device may have no end.
 */
async function requireFile(name: string): Promise<Deno.FileInfo> {
  if (name === "") {
    throw new TraceError({ file: '""' }, "is not a file name; name a trace");
  }
  const info = await opened(name, Deno.stat(name));
  if (info.isDirectory) {
    throw new TraceError({ file: name }, "is a folder; name a file in it");
  }
  if (info.isFile || OPEN_FILE.test(name)) return info;
  throw new TraceError({ file: name }, whyNoFile(name, info));
}

function whyNoFile(name: string, { isFifo, isSocket }: Deno.FileInfo): string {
  if (isSocket) return "is a socket; name a file";
  const kind = isFifo ? "a named pipe" : "a device";
  return `is ${kind}, not a file; to read it, give ${STANDARD_INPUT} as the trace ` +
    `and redirect it: ${STANDARD_INPUT} < ${printable(name)}`;
}

function openFile(name: string): Promise<Deno.FsFile> {
  return opened(name, Deno.open(name));
}

async function opened<Result>(
  name: string,
  opening: Promise<Result>,
): Promise<Result> {
  try {
    return await opening;
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
