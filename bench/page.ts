import { formatCount } from "../lab/words.ts";
import { DEBUGGED, glibc, glibcWrapped, uint8Array } from "./peers/all.ts";
import {
  clientTable,
  drawMarkdownTable,
  footprintTable,
  glibcTable,
  isOfRatios,
  owningTable,
  ratioTable,
  ratioTo,
  type Table,
  tableOf,
  targetTable,
} from "./report.ts";
import type { Figures, Result } from "./result.ts";

/** Cases and numbers of blocks that stand for all others: first wins, then losses. */
const SUMMARY: readonly (readonly [string, number])[] = [
  ["pair of one size", 1e3],
  ["random churn", 1e6],
  ["random churn", 1e5],
  ["random churn", 1e3],
  ["mapping", 1],
];

const INTRODUCTION = `# Benchmarks

<!-- \`deno task bench --write\` wrote this page. Do not edit it: edit bench/page.ts. -->

What an operation of an allocator costs in osmem, and what it costs elsewhere.
\`deno task bench\` measures it; \`deno task bench --write\` measures everything and
writes this page, and its figures to
[\`bench/figures.json\`](../bench/figures.json).`;

const ABOUT_SUMMARY =
  `Five cases that stand for the others: osmem's time for an operation, and that
time divided by the time of other allocators. Below 1, osmem is faster. The
README shows this table.`;

const METHOD =
  `Each case runs in a process of its own, on one allocator after the other, round
by round, so that whatever else the machine does slows all of them alike. A time
is the median of the rounds. Each allocator runs its own copy of the code, which
is compiled before the first round.

Times are wall times: 1 ms is 1,000 μs, and 1 μs is 1,000 ns. 1 KiB is 1,024
bytes, and 1 MiB is 1,024 KiB. A ratio has no unit: it is osmem's time divided
by that of the other allocator. On a shared machine, times double and halve
within minutes, and ratios vary by a fifth from run to run: read the ratios.

The other allocators:

- **glibc through FFI**: \`malloc\` as most programs call it, with sizes as
  \`BigInt\` and pointers as objects.
- **glibc, wrapped**: the fastest way to call \`malloc\`, through wrappers in C
  that take and return numbers.
- **glibc in plain C**: the same work in C, the least that the machine takes.
- **mimalloc**, called through wrappers in C.
- **[\`@thi.ng/malloc\`](https://www.npmjs.com/package/@thi.ng/malloc)**, which
  manages an \`ArrayBuffer\` in TypeScript.
- **new Uint8Array**: JavaScript's own memory.
- **linear list in C**: the contract of osmem, where each search walks the list
  of all blocks.`;

const ABOUT_CASES = `What counts as one operation in each case.`;

const ABOUT_TARGETS =
  `The figures that osmem should reach. A ratio is osmem's time divided by that of
the allocator it is compared with.`;

const ABOUT_RATIOS =
  `osmem's time for an operation, and that time divided by the time of each other
allocator. A cell is empty where the other allocator does not do the case, or
would take minutes for a round.`;

const ABOUT_LOSSES =
  `The cases in which osmem is slower than glibc through FFI, the worst first.`;

const REASONS =
  `- Random churn executes more instructions than in glibc: the contract asks for
  the best fit and for merging, and for a header of 32 bytes in front of each
  block. With a thousand blocks these instructions count, as the last section
  shows. With a million, cache misses count, and glibc has as many.
- Blocks that are freed in the order of their addresses are glibc's best case.
- The contract maps requests of 128 KiB and more, and for \`calloc\` of a page and
  more. osmem makes two system calls for such a block; glibc keeps the memory.
- Copying in \`realloc\`: glibc places the other block elsewhere, and grows the
  first without a copy.
- Before the first allocation, Deno loads the sixty modules of osmem, a quarter
  of a millisecond each, or the one file that \`deno task bundle\` makes. The
  native library takes four milliseconds more: the first function that Deno
  looks up takes one, and each further function an eighth of one.`;

const ABOUT_OWNING =
  `The time of allocating a block and freeing it, where an object owns the block:
an \`Allocation\` of osmem, or what a program uses in its place. By default one
allocation in 64 records a stack trace; \`recordStacks: "all"\` lets all of them.`;

const ABOUT_DEBUGGING =
  `A heap with \`debug\` guards the ends of each block, fills its payload, keeps
freed blocks aside, and records stack traces.`;

const ABOUT_CLIENTS =
  `C libraries that get all their memory from osmem, beside the same libraries on
glibc's \`malloc\`. A run lasts from opening the library to closing it. Most of
the difference is the way from C to JavaScript and back.`;

const ABOUT_FOOTPRINT =
  `The footprint is the memory that the heap obtained from the system when it was
at its fullest. _Live_ are the payloads of the blocks that were allocated then.
The tables are osmem's own, outside the footprint.`;

const ABOUT_TRIALS =
  `A free and a malloc of 16 to 271 bytes among 1,000 blocks execute some 500
instructions. No part of them stands out but two waits, each at the end of a
chain of loads that depend on each other. This is \`free\` as V8 compiles it, with
the share of its samples at each instruction
(\`perf record --call-graph no -k mono\`, \`deno run --v8-flags=--perf-prof\`,
\`perf inject --jit\`, \`perf annotate\`):

\`\`\`text
1.3 %   cmp    $0x7f,%r12b             the length after the block: is it a long one?
0.2     sub    $0x1,%esi               its unit, without a branch
0.7     lea    (%rsi,%rcx,1),%r12d
1.8     cmp    %r8,%r11                inside the tags?
1.4     movzbl (%rax,%r11,1),%r11d     the next block's tag
9.7     lea    -0x5(%r12,%r12,4),%r12d    … waits for that tag
…
0.9     cmp    %r11,%rbx               inside the fronts?
0.3     mov    (%rax,%rbx,4),%esi      the lowest entry of the block's size
6.9     mov    %r8,-0x28(%rbp)            … waits for that entry
\`\`\`

The chain is: address, cell, unit, length, next tag, size, front, entry. With
the same calls in a cycle of 64, which the processor learns by heart, the pair
takes 60 ns instead of 77: a fifth of the time goes into branches that nothing
predicts, namely whether a neighbour is free and whether a block is split.

What was tried on it, old against new by turns in one process; below 1, the new
code is faster:`;

/** Old against new, taking turns in one process; below 1, the new code is faster. */
const TRIALS: Table = {
  head: ["trial", "measured", "kept"],
  rows: [
    [
      "a free block is swapped into its front by computing, not by a branch",
      "0.87 for churn of changing sizes",
      "yes",
    ],
    [
      "`place` returns a cell: an address or a cell by turns was made a number object, and converted to an integer and back",
      "0.97 for churn, 0.9 for the pair of one size",
      "yes",
    ],
    [
      "fronts and bits of sizes in one table",
      "0.94 for 16 mallocs and frees",
      "yes",
    ],
    [
      "statuses are written through a view that starts at the first status",
      "0.89 for the pair, 0.97 for churn of one size",
      "yes",
    ],
    [
      "realloc of a heap block goes from the heap to the list, without questions that only mappings need",
      "0.9 for realloc to a random size",
      "yes",
    ],
    [
      "hooks of C with numbers instead of pointers and `BigInt`",
      "0.65 for Lua",
      "yes",
    ],
    [
      "comments left out of the one-file build",
      "0.8 for its import",
      "yes",
    ],
    [
      "fronts of 30 entries instead of 14",
      "0.95 to 0.98 for churn; 33 KB more for each heap",
      "no",
    ],
    [
      "merging in one function, without calls",
      "0.98 to 1.02",
      "no",
    ],
    [
      "short payloads copied by words in realloc, not by `copyWithin`",
      "0.98 for realloc",
      "no",
    ],
    [
      "frees from C that wait for the next malloc",
      "headers would say too late that a block is free",
      "no",
    ],
    [
      "functions of the native library looked up when they are first needed",
      "the permission may be gone by then",
      "no",
    ],
    [
      "start-up functions without a compiled call, by results of type `struct`",
      "no difference",
      "no",
    ],
  ],
};

/**
 * Writes docs/benchmarks.md, and its figures to bench/figures.json.
 *
 * @param figures Of all cases.
 * @param root The folder of the project.
 */
export async function writePage(figures: Figures, root: URL): Promise<void> {
  await Deno.writeTextFile(
    new URL("bench/figures.json", root),
    `${JSON.stringify(figures, null, 2)}\n`,
  );
  await Deno.writeTextFile(
    new URL("docs/benchmarks.md", root),
    pageOf(figures),
  );
}

/**
 * The page docs/benchmarks.md. A section is left out if nothing that it shows was
 * measured.
 */
export function pageOf(figures: Figures): string {
  const { results } = figures;
  const targets = targetTable(results);
  const reached = targets.rows.filter((row) => row.at(-1) === "reached").length;
  const losses = lossesOf(results);
  const sections = [
    section("In short", ABOUT_SUMMARY, [
      ratioTable(summaryOf(results), [glibc, glibcWrapped, uint8Array]),
    ]),
    section("How it is measured", METHOD, [conditionsOf(figures)]),
    section(
      "Targets",
      `${ABOUT_TARGETS}\n\n${reached} of ${targets.rows.length} were reached.`,
      [targets],
    ),
    section("The cases", ABOUT_CASES, [operationTable(results)]),
    section("Time of an operation", ABOUT_RATIOS, [ratioTable(results)]),
    section(
      "Where osmem is slower",
      ABOUT_LOSSES,
      [glibcTable(losses)],
      REASONS,
    ),
    section("Blocks that an object owns", ABOUT_OWNING, [owningTable(results)]),
    section(
      "Looking for mistakes",
      ABOUT_DEBUGGING,
      results.filter(isOfDebugging).map(tableOf),
    ),
    section("C libraries", ABOUT_CLIENTS, [clientTable(results)]),
    section("Memory", ABOUT_FOOTPRINT, [footprintTable(results)]),
    section(
      "Where the time goes, and what was tried",
      ABOUT_TRIALS,
      losses.length === 0 ? [] : [TRIALS],
    ),
  ];
  return `${[INTRODUCTION, ...sections.flat()].join("\n\n")}\n`;
}

/** The parts of a section, or none if its tables have no rows. */
function section(
  title: string,
  text: string,
  tables: readonly Table[],
  ending?: string,
): string[] {
  const full = tables.filter(({ rows }) => rows.length > 0);
  if (full.length === 0) return [];
  const parts = [`## ${title}`, text, ...full.map(drawMarkdownTable)];
  return ending === undefined ? parts : [...parts, ending];
}

function summaryOf(results: readonly Result[]): Result[] {
  return SUMMARY.flatMap(([name, blocks]) =>
    results.filter((result) => result.case === name && result.blocks === blocks)
  );
}

/** The cases in which osmem is slower than glibc through FFI, the worst first. */
function lossesOf(results: readonly Result[]): Result[] {
  return results.filter(isOfRatios)
    .map((result) => ({ result, ratio: ratioTo(glibc, result) ?? 0 }))
    .filter(({ ratio }) => ratio > 1)
    .toSorted((one, other) => other.ratio - one.ratio)
    .map(({ result }) => result);
}

function isOfDebugging({ timings }: Result): boolean {
  return timings[0]?.peer === DEBUGGED[0].name;
}

/** What counts as one operation in each case. */
function operationTable(results: readonly Result[]): Table {
  const operations = new Map(
    results.map((result) => [result.case, result.operation]),
  );
  return { head: ["case", "operation"], rows: [...operations] };
}

/** What the figures were measured on, for how long, and what was not installed. */
function conditionsOf(
  { machine, date, rounds, turn, results }: Figures,
): Table {
  const leftOut = new Set(results.flatMap((result) => result.leftOut));
  return {
    head: ["condition", "value"],
    rows: [
      ["date", date],
      ["processors", `${machine.processors} × ${machine.processor}`],
      ["architecture", machine.architecture],
      ["Deno", machine.deno],
      ["V8", machine.v8],
      ["rounds", formatCount(rounds)],
      ["turn of an allocator in a round", `${formatCount(turn)} ms or more`],
      ...[...leftOut].map((sentence) => ["not installed", sentence]),
    ],
  };
}
