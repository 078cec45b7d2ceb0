// The recorded traces that come with osmem are what their README says of them.
import { assertEquals } from "@std/assert";
import { replayChecked } from "../../lab/replay/checked_replay.ts";
import { describeOmissions } from "../../lab/traces/omissions.ts";
import { readTrace } from "../../lab/traces/read_trace.ts";
import type { Trace } from "../../lab/traces/trace.ts";

const FOLDER = new URL("../../examples/traces/", import.meta.url);
const TRACE = /\.trace\.gz$/;

/** A row of the README's table of traces. */
interface Described {
  readonly file: string;
  readonly input: string;
  readonly calls: number;
  readonly blocks: number;
  readonly peakLiveBytes: number;
  readonly neverFreed: number;
}

function describedTraces(): Described[] {
  const readme = Deno.readTextFileSync(new URL("README.md", FOLDER));
  return readme.split("\n").filter((line) => line.includes(".trace.gz` "))
    .map(readRow);
}

function readRow(line: string): Described {
  const cells = line.split("|").map((cell) => cell.trim());
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

function filesOfFolder(): string[] {
  return [...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort();
}

async function read(file: string): Promise<Trace> {
  const { readable } = await Deno.open(new URL(file, FOLDER));
  return await readTrace(readable, file);
}

Deno.test("example traces: the README describes each of them, in order", () => {
  const files = filesOfFolder().filter((name) => TRACE.test(name));
  assertEquals(describedTraces().map(({ file }) => file), files);
});

Deno.test("example traces: what each was recorded from lies beside it", () => {
  const others = filesOfFolder().filter((name) => !TRACE.test(name));
  const inputs = describedTraces().map(({ input }) => input);
  assertEquals(["README.md", ...inputs].sort(), others);
});

for (
  const { file, calls, blocks, peakLiveBytes, neverFreed } of describedTraces()
) {
  Deno.test(`example traces: ${file} has the calls and blocks that the README tells`, async () => {
    const trace = await read(file);
    assertEquals(
      [trace.length, trace.blockCount, trace.peak.bytes],
      [calls, blocks, peakLiveBytes],
    );
    assertEquals(describeOmissions(trace), []);
  });

  Deno.test(`example traces: ${file} replays with every content kept and a sound heap`, async () => {
    const trace = await read(file);
    const { end, fullest, verified } = replayChecked(trace, {
      memory: "arena",
      verify: true,
    });
    assertEquals(verified?.blocks, blocks);
    assertEquals(fullest.requestedBytes, peakLiveBytes);
    assertEquals(end.liveBlocks, neverFreed);
  });
}
