import { replay } from "../replay/replay.ts";
import { parseRun } from "../runs/read_run_json.ts";
import type { Run } from "../runs/run.ts";
import { RUN_FORMAT } from "../runs/run_json.ts";
import { decompressed } from "../traces/decompress.ts";
import type { FormatName } from "../traces/formats/trace_format.ts";
import { describeOmissions } from "../traces/omissions.ts";
import type { ReadOptions } from "../traces/read_trace.ts";
import { loadTrace } from "../traces/trace_source.ts";
import { ProgressBar } from "./progress_bar.ts";
import { policyIn, type PolicyOptions } from "./policy_options.ts";

/** How the run that a command line names is obtained. */
export interface LoadRunOptions extends PolicyOptions {
  /** The format of a trace, where it is not to be found by content. */
  readonly format?: FormatName;
}

/** A run, and what the user should know about it. */
export interface LoadedRun {
  readonly run: Run;
  readonly warnings: readonly string[];
}

/** How far into a document the name of its format stands. */
const HEAD = 200; // characters

/**
 * The run that a command line names: one that `osmem run -o` wrote, or a trace,
 * which is replayed.
 *
 * @param name A file, or what {@linkcode loadTrace} takes besides.
 * @param options The policy to replay a trace under.
 * @throws {TraceError} If it cannot be read or replayed.
 */
export async function loadRun(
  name: string,
  options: LoadRunOptions,
): Promise<LoadedRun> {
  const policy = policyIn(options);
  const written = await readWrittenRun(name);
  if (!written) {
    const trace = await loadTrace(name, formatIn(options));
    using progress = new ProgressBar("Replaying", trace.length);
    const run = replay(trace, {
      ...policy,
      onProgress: (calls) => progress.add(calls),
    });
    return { run, warnings: describeOmissions(trace) };
  }
  const given = Object.keys(policy);
  const warnings = given.length === 0 ? [] : [
    `${name}: it is shown as it was recorded; give the trace itself to replay it with another ${
      given.join(", ")
    }`,
  ];
  return { run: written, warnings };
}

/** A run that was written to a file; nothing if the file holds something else. */
async function readWrittenRun(name: string): Promise<Run | undefined> {
  if (!/\.json(\.gz)?$/.test(name)) return undefined;
  const text = await readText(name).catch(() => undefined); // a trace's reader says why
  const isRun = text?.slice(0, HEAD).includes(JSON.stringify(RUN_FORMAT));
  return isRun ? parseRun(text!, name) : undefined;
}

async function readText(name: string): Promise<string> {
  const { readable } = await Deno.open(name);
  const { stream } = await decompressed(readable);
  return await new Response(stream).text();
}

function formatIn({ format }: LoadRunOptions): ReadOptions {
  return format === undefined ? {} : { format };
}
