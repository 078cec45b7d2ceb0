import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import configuration from "../../deno.json" with { type: "json" };
import type { Measurements } from "../../lab/replay/measurements.ts";
import {
  osmem,
  shell,
  shellCommand,
  TO_RUN_OSMEM,
} from "../support/command.ts";
import { gatedTests } from "../support/permissions.ts";
import { runMain, TO_RUN_MAIN } from "../support/run_main.ts";

const COMB = "tests/traces/comb.rep";
const EVERY_CALL = "tests/traces/every_call.trace";
const WORD_INDEX = "examples/traces/word-index.trace.gz";

const test = gatedTests("osmem", TO_RUN_MAIN);
const testWithProcess = gatedTests("osmem", TO_RUN_OSMEM);

/** Hides what differs from run to run and from machine to machine. */
function withoutTimes(report: string): string {
  return report
    .replace(
      /^(│ +(?:calls per second|time per call|allocator's own).*│)(.*)│$/gm,
      (_, name: string, value: string) =>
        `${name}${"~ ".padStart(value.length)}│`,
    )
    .replace(/(one replay|the median of \d+ replays)(?= without)/, "~")
    .replace(/the \S+( \S+)?(?= that reading)/, "the ~");
}

/** The command line as a shell writes it. */
function commandLine(...args: string[]): string {
  return shellCommand(args);
}

test("--help tells of the commands", async (context) => {
  const { code, stdout, stderr } = await runMain(["--help"]);
  assertEquals([code, stderr], [0, ""]);
  await assertSnapshot(context, stdout);
});

test("run --help tells of the options, with examples", async (context) => {
  const { code, stdout, stderr } = await runMain(["run", "--help"]);
  assertEquals([code, stderr], [0, ""]);
  await assertSnapshot(context, stdout);
});

test("--version prints the package's version", async () => {
  const { code, stdout } = await runMain(["--version"]);
  assertEquals([code, stdout], [0, `${configuration.version}\n`]);
});

test("run prints maps and figures, plain where there is no terminal", async (context) => {
  const { code, stdout, stderr } = await runMain(["run", COMB]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.includes("\x1b"), false);
  await assertSnapshot(context, withoutTimes(stdout));
});

test("run tells once of each kind of call that it left out", async (context) => {
  const { code, stdout, stderr } = await runMain(["run", EVERY_CALL]);
  assertEquals(code, 0);
  await assertSnapshot(context, [stderr, withoutTimes(stdout)]);
});

test("run --json prints one document with every figure", async () => {
  const { code, stdout, stderr } = await runMain(["run", "--json", COMB]);
  assertEquals([code, stderr], [0, ""]);
  const figures: Measurements = JSON.parse(stdout);
  assertEquals(figures.trace.calls, 29);
  assertEquals(figures.memory, "arena");
  assertEquals(figures.verified, { blocks: 15, bytes: 811_965 });
  assertEquals(figures.callsByKind, {
    malloc: 15,
    calloc: 0,
    realloc: 3,
    memalign: 0,
    free: 11,
  });
  assertEquals(
    figures.peakUtilisation,
    figures.peakLiveBytes / figures.peakFootprintBytes,
  );
  assertEquals(figures.systemCalls, { sbrk: 2, mmap: 3, munmap: 2 });
  assertEquals(figures.end.calls, 29);
});

test("run --json keeps its names", async (context) => {
  const { stdout } = await runMain(["run", "--json", COMB]);
  const figures = JSON.parse(stdout);
  const names = Object.entries(figures).map(([name, value]) =>
    value instanceof Object ? [name, Object.keys(value)] : name
  );
  await assertSnapshot(context, names);
});

test("run --no-verify leaves contents alone", async () => {
  const { code, stdout } = await runMain([
    "run",
    "--json",
    "--no-verify",
    COMB,
  ]);
  assertEquals(code, 0);
  assertEquals(JSON.parse(stdout).verified, null);
});

test("run --memory process replays on the process's break", async () => {
  const { code, stdout } = await runMain([
    "run",
    "--json",
    "--memory",
    "process",
    COMB,
  ]);
  assertEquals(code, 0);
  const figures: Measurements = JSON.parse(stdout);
  assertEquals(figures.memory, "process");
  assertEquals(figures.speedPasses, 1);
  assertEquals(figures.verified?.blocks, 15);
});

test("run - reads standard input", async () => {
  const { code, stdout } = await runMain(["run", "-"], {
    stdin: "1 1 2 1\na 0 8\nf 0\n",
  });
  assertEquals(code, 0);
  assertStringIncludes(stdout, "Replayed 2 calls of <standard input>");
});

test("run replays the committed trace of a real program, as its description says", async () => {
  const { code, stdout, stderr } = await runMain(["run", "--json", WORD_INDEX]);
  assertEquals([code, stderr], [0, ""]);
  const { trace, callsByKind, end, verified }: Measurements = JSON.parse(
    stdout,
  );
  assertEquals(trace.calls, 45_759);
  assertEquals(callsByKind.realloc - trace.nullReallocs, 5062);
  assertEquals(callsByKind.free - trace.nullFrees, 19_100);
  assertEquals(end.liveBlocks, 2334);
  assertEquals(verified?.blocks, trace.blocks);
});

test("run - reads a compressed trace from standard input", async () => {
  const { code, stdout } = await runMain(["run", "--json", "-"], {
    stdin: await Deno.readFile(WORD_INDEX),
  });
  assertEquals(code, 0);
  assertEquals(JSON.parse(stdout).trace.calls, 45_759);
});

for (
  const [name, args, message] of [
    ["without a command", [], "Usage: osmem"],
    ["with an unknown command", ["walk"], "unknown command 'walk'"],
    [
      "with an unknown option",
      ["run", "--jason", "x"],
      "unknown option '--jason'",
    ],
    ["without a trace", ["run"], "missing required argument 'trace'"],
    ["with one trace too many", ["run", "x", "y"], "too many arguments"],
    [
      "with an unknown memory",
      ["run", "-m", "disk", "x"],
      "Allowed choices are arena, process",
    ],
  ] as const
) {
  test(`called ${name} ends with 2 and says so on standard error`, async () => {
    const { code, stdout, stderr } = await runMain(args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, message);
  });
}

for (
  const [name, args, stdin, message] of [
    [
      "a file that is not there",
      ["no/such.trace"],
      "",
      "osmem: no/such.trace: cannot be opened: no such file",
    ],
    ["an empty name", [""], "", 'osmem: "": is not a file name'],
    ["a folder", ["tests"], "", "osmem: tests: is a folder"],
    ["an empty trace", ["-"], "", "osmem: <standard input>: the file is empty"],
    [
      "a malformed line",
      ["-"],
      "1 1 1 1\na 0 x\n",
      "osmem: <standard input>:2:5: expected a size in bytes",
    ],
    [
      "a call that the system refuses",
      ["-"],
      "1 1 1 1\na 0 4503599627370496\n",
      "osmem: <standard input>:2: call 1, malloc(4503599627370496)",
    ],
  ] as const
) {
  test(`run ends with 1 on ${name}, in one line on standard error`, async () => {
    const { code, stdout, stderr } = await runMain(["run", ...args], { stdin });
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, message);
    assertEquals(stderr.trimEnd().split("\n").length, 1);
  });
}

testWithProcess("run says which permission it lacks", async () => {
  const noRead = await osmem(["run", COMB], { permissions: ["--allow-ffi"] });
  assertEquals(noRead.code, 1);
  assertMatch(noRead.stderr, /^osmem: .*run deno with --allow-read\n$/);
  const noFfi = await osmem(["run", COMB], { permissions: ["--allow-read"] });
  assertEquals(noFfi.code, 1);
  assertStringIncludes(noFfi.stderr, "run deno with plain --allow-ffi");
});

testWithProcess(
  "run ends quietly when the reader of its output has gone",
  async () => {
    const { code, stdout, stderr } = await shell(
      `(${commandLine("run", COMB)}; echo "exit $?" >&2) | head -n 1`,
    );
    assertEquals(code, 0);
    assertEquals(stdout, `Replayed 29 calls of ${COMB}\n`);
    assertEquals(stderr, "exit 0\n");
  },
);

for (const args of [["run", COMB], ["run", "--help"], ["--version"]]) {
  testWithProcess(
    `${args.join(" ")} ends with 1 if its output cannot be written`,
    async () => {
      const { code, stderr } = await shell(
        `${commandLine(...args)} > /dev/full`,
      );
      assertEquals(code, 1);
      assertMatch(stderr, /^osmem: cannot write to standard output.*\n$/);
    },
  );
}

testWithProcess(
  "run says that - names standard input where it may not open a device",
  async () => {
    const { code, stderr } = await osmem(["run", "/dev/stdin"]);
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /^osmem: \/dev\/stdin: cannot be opened: .*, or - for standard input/,
    );
  },
);
