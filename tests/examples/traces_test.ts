// The recorded traces in examples/ are what their README says of them.
import { assertEquals } from "@std/assert";
import { replayChecked } from "../../lab/replay/checked_replay.ts";
import { describeOmissions } from "../../lab/traces/omissions.ts";
import { readTrace } from "../../lab/traces/read_trace.ts";
import type { Trace } from "../../lab/traces/trace.ts";
import { ROOT } from "../support/command.ts";
import { gatedTests, isGranted } from "../support/permissions.ts";

const FOLDER = new URL("examples/traces/", ROOT);
const toReadThem = { name: "read", path: FOLDER } as const;
const SUFFIX = ".trace.gz";

/** A row of the README's table of traces. */
interface Described {
  readonly file: string;
  readonly input: string;
  readonly calls: number;
  readonly blocks: number;
  readonly peakLiveBytes: number;
  readonly neverFreed: number;
}

/** The rows of the table; none where it cannot be read. */
function describedTraces(): Described[] {
  if (!isGranted(toReadThem)) return [];
  return Deno.readTextFileSync(new URL("README.md", FOLDER)).split("\n")
    .filter((line) => line.startsWith("| `"))
    .map(readRow);
}

function readRow(row: string): Described {
  const cells = row.split("|").map((cell) => cell.trim());
  const text = (column: number) => cells[column] ?? "";
  const count = (column: number) => Number(text(column).replaceAll(",", ""));
  return {
    file: text(1).replaceAll("`", ""),
    input: /\((.*)\)/.exec(text(3))?.[1] ?? "",
    calls: count(4),
    blocks: count(5),
    peakLiveBytes: count(6),
    neverFreed: count(7),
  };
}

/** The folder's files, the traces or the others, in order. */
function files(which: "traces" | "others"): string[] {
  return Array.from(Deno.readDirSync(FOLDER), ({ name }) => name)
    .filter((name) => name.endsWith(SUFFIX) === (which === "traces"))
    .sort();
}

const traces = new Map<string, Promise<Trace>>();

/** Reads a trace, once for all tests. */
function read(file: string): Promise<Trace> {
  return traces.getOrInsertComputed(file, async () => {
    const { readable } = await Deno.open(new URL(file, FOLDER));
    return await readTrace(readable, file);
  });
}

const test = gatedTests("example traces:", [toReadThem]);

test("the README describes each of them, in order", () => {
  assertEquals(describedTraces().map(({ file }) => file), files("traces"));
});

test("what each was recorded from lies beside it", () => {
  const inputs = describedTraces().map(({ input }) => input);
  assertEquals(["README.md", ...inputs].sort(), files("others"));
});

for (const described of describedTraces()) {
  const { file, calls, blocks, peakLiveBytes, neverFreed } = described;

  test(`${file} has the calls and blocks that the README tells`, async () => {
    const trace = await read(file);
    assertEquals(
      [trace.length, trace.blockCount, trace.peak.bytes],
      [calls, blocks, peakLiveBytes],
    );
  });

  test(`nothing is left out of a replay of ${file}`, async () => {
    assertEquals(describeOmissions(await read(file)), []);
  });

  test(`${file} replays with all contents kept, and leaves a sound heap`, async () => {
    const { run, verified } = await replayChecked(await read(file), {
      memory: "arena",
      verify: true,
    });
    assertEquals(verified?.blocks, blocks);
    assertEquals(run.stats().end.liveBlocks, neverFreed);
  });
}
