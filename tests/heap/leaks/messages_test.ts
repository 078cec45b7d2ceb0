// What is said of mistakes, word for word, each made by a program of its own.
import { assertEquals } from "@std/assert";
import { gatedTest, toRun } from "../../support/permissions.ts";
import { DENO, type Outcome, program, run } from "../../support/run_deno.ts";

const FLAGS = [
  "--quiet",
  "--no-prompt",
  "--v8-flags=--expose-gc",
  "--allow-ffi",
];

interface Mistake {
  /** What the test says of it. */
  readonly says: string;
  /** Its name in the program. */
  readonly name: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
  /** Permissions and environment besides. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Addresses from the arena's start, and calls without where in the program they are. */
function normalised({ stdout, stderr }: Outcome): [string, string] {
  const [start = "", ...lines] = stdout.split("\n");
  const replace = (text: string) =>
    text.replaceAll(
      /0x(7[0-9a-f]{11})/g,
      (_, digits) => `arena + ${parseInt(digits, 16) - Number(start)}`,
    )
      .replaceAll(/^ {4}file:.*\n/gm, "")
      .replaceAll(/\(?file:\S*\/(\w+\.ts):\d+:\d+\)?/g, "($1)");
  return [replace(lines.join("\n")), replace(stderr)];
}

const COLLECTED =
  `osmem: leak: allocation "frame" (64 bytes at arena + 32) was collected, but never ` +
  "disposed of: its memory stays allocated; dispose of it once nothing points to its " +
  "memory any more, with `using` or with a scope. " +
  "It was allocated at\n" +
  "    forget (leaks.ts)\n" +
  "    Object.collected (leaks.ts)\n";

function ending(name: string): string {
  return "osmem: leak: the program ends with blocks still live: 1 block, 10 bytes\n" +
    "  10 bytes in 1 block\n" +
    "    keep (leaks.ts)\n" +
    `    Object.${name} (leaks.ts)\n`;
}

const MISTAKES: readonly Mistake[] = [
  {
    says: "an allocation that is collected is told once, and stays allocated",
    name: "collected",
    stdout: "1\n",
    stderr: COLLECTED,
  },
  {
    says: "an allocation that is collected is told to onLeak instead",
    name: "listened",
    stdout: "frame 64\n",
  },
  {
    says: "what onLeak throws is printed, and ends nothing",
    name: "failing",
    stdout: "1\n",
    stderr: 'osmem: onLeak failed: "no"\n',
  },
  {
    says: "nothing is said of an allocation that was disposed of",
    name: "disposed",
  },
  {
    says: "nothing is said of an allocation whose heap was disposed of",
    name: "heapDisposed",
  },
  {
    says: "nothing is said of allocations that live when a program ends",
    name: "ended",
  },
  {
    says: "a debug heap that is disposed of tells what is live, by place",
    name: "debugDisposed",
    stderr:
      "osmem: leak: a debug heap was disposed of with blocks still live: 3 blocks, 84 bytes\n" +
      '  64 bytes in 1 block "frame"\n' +
      "    forget (leaks.ts)\n" +
      "    Object.debugDisposed (leaks.ts)\n" +
      "  10 bytes in 1 block\n" +
      "    keep (leaks.ts)\n" +
      "    Object.debugDisposed (leaks.ts)\n" +
      "  10 bytes in 1 block\n" +
      "    keep (leaks.ts)\n" +
      "    Object.debugDisposed (leaks.ts)\n",
  },
  { says: "a debug heap with nothing live says nothing", name: "debugClean" },
  {
    says: "a program that ends tells what is live in its debug heaps",
    name: "debugEnded",
    stderr: ending("debugEnded"),
  },
  {
    says: "Deno.exit() tells it too, and keeps its status",
    name: "debugExit",
    stderr: ending("debugExit"),
    code: 3,
  },
  {
    says: "a program that ends tells what was written over",
    name: "debugDamaged",
    stderr: ending("debugDamaged") +
      "osmem: Heap corrupted at arena + 43: overrun: offset 11 of the block (10 bytes " +
      "at arena + 32) was written, 1 byte past its end: found 0x00, expected 0xfd. " +
      "It was allocated at\n" +
      "    keep (leaks.ts)\n" +
      "    Object.debugDamaged (leaks.ts)\n",
  },
  {
    says: "what is live in a debug heap is told to onLeak instead",
    name: "debugListened",
    stdout: "10 keep (leaks.ts)\n",
  },
  {
    says: "nothing is said of a heap whose memory was given back",
    name: "debugGone",
  },
  {
    says: "OSMEM_DEBUG=1 makes the default heap a debug heap",
    name: "defaultHeap",
    flags: ["--allow-env=OSMEM_DEBUG"],
    env: { OSMEM_DEBUG: "1" },
    stderr:
      "osmem: leak: the program ends with blocks still live: 1 block, 10 bytes\n" +
      "  10 bytes in 1 block\n" +
      "    Object.defaultHeap (leaks.ts)\n",
  },
  {
    says: "OSMEM_DEBUG is not asked for where it may not be read",
    name: "defaultHeap",
    env: { OSMEM_DEBUG: "1" },
  },
  {
    says: "OSMEM_DEBUG=0 asks for nothing",
    name: "defaultHeap",
    flags: ["--allow-env=OSMEM_DEBUG"],
    env: { OSMEM_DEBUG: "0" },
  },
  {
    says: "a double free is told with both traces",
    name: "doubleFree",
    stdout:
      "InvalidPointerError double-free: Cannot free arena + 32: its memory is free " +
      "already; look for a second free of the same block. It is a free block of 32 " +
      "bytes. It was allocated at\n" +
      "    keep (leaks.ts)\n" +
      "    Object.doubleFree (leaks.ts)\n" +
      "and freed at\n" +
      "    Object.doubleFree (leaks.ts)\n",
  },
  {
    says: "a write after a free is told with both traces",
    name: "writeAfterFree",
    stdout:
      "CorruptionError write-after-free: Heap corrupted at arena + 36: write-after-free: " +
      "offset 4 of the block (10 bytes at arena + 32) was written after it was freed: " +
      "found 0x01, expected 0xdd. If an operation was still running, such as a read or a " +
      "nonblocking FFI call, free the block after it, or use heap.allocate() and announce " +
      "it with during(). It was allocated at\n" +
      "    keep (leaks.ts)\n" +
      "    Object.writeAfterFree (leaks.ts)\n" +
      "and freed at\n" +
      "    Object.writeAfterFree (leaks.ts)\n",
  },
  {
    says: "an overrun is told with the label and the trace",
    name: "overrun",
    stdout:
      "CorruptionError overrun: Heap corrupted at arena + 44: overrun: offset 12 of the " +
      'block "frame" (10 bytes at arena + 32) was written, 2 bytes past its end: ' +
      "found 0x41, expected 0xfd. It was allocated at\n" +
      "    Object.overrun (leaks.ts)\n",
  },
];

for (const mistake of MISTAKES) {
  const { says, name, stdout = "", stderr = "", code = 0 } = mistake;
  gatedTest({
    name: says,
    needs: [toRun(DENO)],
    async fn() {
      const flags = [...FLAGS, ...mistake.flags ?? []];
      const args = ["run", ...flags, program("leaks.ts"), name];
      const outcome = await run(DENO, args, mistake.env);
      assertEquals([...normalised(outcome), outcome.code], [
        stdout,
        stderr,
        code,
      ]);
    },
  });
}

gatedTest({
  name: "an uncaught error is told alone: what it leaves live says little",
  needs: [toRun(DENO)],
  async fn() {
    const args = ["run", ...FLAGS, program("leaks.ts"), "debugFailed"];
    const { code, stderr } = await run(DENO, args);
    assertEquals([code, stderr.match(/^(osmem|error):.*$/gm)], [1, [
      "error: Uncaught (in promise) Error: its own",
    ]]);
  },
});
