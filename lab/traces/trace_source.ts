import { ProgressBar } from "../commands/progress_bar.ts";
import { readTrace } from "./read_trace.ts";
import type { Trace } from "./trace.ts";
import { TraceError } from "./trace_error.ts";

/** The name that stands for standard input on the command line. */
export const STANDARD_INPUT = "-";

/**
 * Reads the trace that a command line names.
 *
 * @param name A file, or {@linkcode STANDARD_INPUT}.
 * @throws {TraceError} If it cannot be opened, or is not a good trace.
 */
export async function loadTrace(name: string): Promise<Trace> {
  if (name === STANDARD_INPUT) {
    return await readTrace(Deno.stdin.readable, "<standard input>");
  }
  using file = await openFile(name);
  const { size, isDirectory } = await file.stat();
  if (isDirectory) {
    throw new TraceError({ file: name }, "is a folder; name a file in it");
  }
  using progress = new ProgressBar("Reading  ", size);
  return await readTrace(watched(file.readable, progress), name);
}

async function openFile(name: string): Promise<Deno.FsFile> {
  if (name === "") {
    throw new TraceError({ file: '""' }, "is no file's name; name a trace");
  }
  try {
    return await Deno.open(name);
  } catch (error) {
    throw new TraceError(
      { file: name },
      `cannot open it: ${why(error, name)}`,
      error,
    );
  }
}

function why(error: unknown, name: string): string {
  if (error instanceof Deno.errors.NotFound) {
    return "there is no such file; check the path";
  }
  if (error instanceof Deno.errors.NotCapable) return whatToPermit(name);
  return error instanceof Error ? error.message : String(error);
}

/** Some files of the system take more than the permission to read them. */
function whatToPermit(name: string): string {
  const { state } = Deno.permissions.querySync({ name: "read", path: name });
  return state === "granted"
    ? "deno opens such a file with --allow-all only; " +
      `name another, or give ${STANDARD_INPUT} to read standard input`
    : "reading it is not permitted; run deno with --allow-read";
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
