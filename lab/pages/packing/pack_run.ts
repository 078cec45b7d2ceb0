import type { RunData } from "../../runs/run_data.ts";
import type { HeapPolicy } from "@osmem/osmem";
import { readCalls, writeCalls } from "./calls.ts";
import { readChanges, writeChanges } from "./changes.ts";
import {
  readGrowths,
  readSystemCalls,
  writeGrowths,
  writeSystemCalls,
} from "./events.ts";
import { PackReader, PackWriter } from "./pack.ts";
import { readSamples, writeSamples } from "./samples.ts";
import { readSnapshot, writeSnapshot } from "./snapshot.ts";
import { readJson, readTexts, writeJson, writeTexts } from "./texts.ts";

/** JSON has no infinity: a threshold of this name is one. */
const INFINITE = "infinite";

interface Head {
  readonly title: string;
  readonly policy: Readonly<Record<string, unknown>>;
  readonly start: number;
  readonly length: number;
  readonly blockCount: number;
  readonly initialFootprintBytes: number;
}

/**
 * Packs a run into bytes, before compression: column by column, numbers as what
 * differs from the one before or from a guess.
 *
 * ```text
 *   head │ initial │ calls │ changes │ system calls │ growths │ samples │ texts
 * ```
 */
export function packRun(data: RunData): Uint8Array<ArrayBuffer> {
  const pack = new PackWriter();
  writeJson(pack, headOf(data));
  writeSnapshot(pack, data.initial);
  writeCalls(pack, data);
  writeChanges(pack, data);
  writeSystemCalls(pack, data.systemCalls);
  writeGrowths(pack, data.growths);
  writeSamples(pack, data.samples);
  writeTexts(pack, data.labels);
  writeTexts(pack, data.refusals);
  writeTexts(pack, data.marks.map(({ after, text }) => [after, text]));
  return pack.finish();
}

/** The run that {@linkcode packRun} packed; its samples may be fewer. */
export function unpackRun(bytes: Uint8Array<ArrayBuffer>): RunData {
  const pack = new PackReader(bytes);
  const head = readJson(pack) as Head;
  const initial = readSnapshot(pack);
  const calls = readCalls(pack, { ...head, initial });
  return {
    ...head,
    policy: withInfinities(head.policy) as unknown as HeapPolicy,
    initial,
    ...calls,
    changes: readChanges(pack, { ...head, ...calls }),
    systemCalls: readSystemCalls(pack),
    growths: readGrowths(pack),
    samples: readSamples(pack),
    labels: new Map(readTexts(pack)),
    refusals: new Map(readTexts(pack)),
    marks: readTexts(pack).map(([after, text]) => ({ after, text })),
  };
}

function headOf(data: RunData): Head {
  const { title, start, length, blockCount, initialFootprintBytes } = data;
  const policy = Object.fromEntries(
    Object.entries(data.policy).map(([name, value]) => [
      name,
      value === Infinity ? INFINITE : value,
    ]),
  );
  return { title, policy, start, length, blockCount, initialFootprintBytes };
}

function withInfinities(policy: Head["policy"]): Head["policy"] {
  return Object.fromEntries(
    Object.entries(policy).map(([name, value]) => [
      name,
      value === INFINITE ? Infinity : value,
    ]),
  );
}
