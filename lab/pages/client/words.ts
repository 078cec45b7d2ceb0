import { formatAddress } from "@osmem/osmem/internal/plain";
import { formatCount, formatNumberOf } from "../../words.ts";
import type { RunBlock } from "../../runs/heap_moment.ts";
import { describeRunCall } from "../../runs/run_call.ts";
import type { PageRun } from "./state/page_run.ts";

/** A fact about a block: what it is called, and what it is. */
export type Fact = readonly [name: string, value: string];

/** What a block is called: its number and its label, or what else it is. */
export function blockName(block: RunBlock): string {
  if (block.status === "free") return "Free block";
  const name = block.block === undefined
    ? "Block of no recorded call"
    : `Block ${block.block}`;
  return block.label === undefined ? name : `${name}: ${block.label}`;
}

/** Everything there is to know of a block. */
export function blockFacts(run: PageRun, block: RunBlock): Fact[] {
  const { start } = run.data;
  const offset = block.status === "mapped"
    ? "a mapping"
    : `${formatCount(block.address - start)} from the heap's start`;
  const facts: Fact[] = [
    ["Header", `${formatAddress(block.address)}, ${offset}`],
    ["Payload", formatAddress(block.payload)],
    ["Size", inBytes(block.size)],
  ];
  if (block.status !== "free") {
    facts.push(["Requested", inBytes(block.requestedBytes)]);
  }
  facts.push(["Age", formatNumberOf(block.age, "call")]);
  facts.push([
    block.status === "free" ? "Free since" : "Allocated by",
    block.since === 0
      ? "before the first call"
      : callName(run, block.since - 1),
  ]);
  return facts;
}

/** A block in one sentence, to be read out. */
export function blockSentence(run: PageRun, block: RunBlock): string {
  const facts = blockFacts(run, block)
    .map(([name, value]) => `${name.toLowerCase()} ${value}`);
  return `${blockName(block)}: ${facts.join("; ")}.`;
}

/** A call with its number, counted from 1. */
export function callName(run: PageRun, call: number): string {
  return `call ${formatCount(call + 1)}: ${describeRunCall(run.data, call)}`;
}

function inBytes(bytes: number): string {
  return `${formatCount(bytes)} ${bytes === 1 ? "byte" : "bytes"}`;
}
