import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { FORMATS } from "../../../lab/traces/formats/formats.ts";
import {
  FORMAT_NAMES,
  type FormatName,
} from "../../../lab/traces/formats/trace_format.ts";
import { TraceError } from "../../../lab/traces/trace_error.ts";
import { callsOf, traceOf } from "../../support/traces.ts";

/** An allocation of 16 bytes in each format. */
const SAMPLES: Readonly<Record<FormatName, string>> = {
  valgrind: "--7-- malloc(16) = 0x10\n",
  rep: "1\n1\n1\n1\na 0 16\n",
  mtrace: "@ ./a.out:[0x1200] + 0x10 0x10\n",
  ltrace: "[pid 7] malloc(16)  = 0x10\n",
  heaptrack: "v 10400 3\n+ 10 1 10\n",
  ostep: "+16\n",
  reference: "os_malloc (['16'])   = HeapStart + 0x20\n",
  json:
    '{\n"format": "osmem trace", "version": 1, "calls": [["malloc", 0, 16]]}\n',
};

function read(text: string, format?: FormatName) {
  return traceOf(text, format ? { format } : {});
}

Deno.test("every format has a name and can be found", () => {
  assertEquals(
    FORMATS.map(({ name }) => name).toSorted(),
    [...FORMAT_NAMES].toSorted(),
  );
});

for (const name of FORMAT_NAMES) {
  Deno.test(`${name} is found by its content`, async () => {
    const trace = await read(SAMPLES[name]);
    assertEquals(callsOf(trace), ["malloc #0 1x16"]);
  });

  Deno.test(`${name} is found after empty lines and comments`, async () => {
    const trace = await read(`\n# a comment\n\n${SAMPLES[name]}`);
    assertEquals(callsOf(trace), ["malloc #0 1x16"]);
  });

  Deno.test(`${name} is read when its name is given`, async () => {
    const trace = await read(SAMPLES[name], name);
    assertEquals(callsOf(trace), ["malloc #0 1x16"]);
  });
}

for (const { name, afterChatter } of FORMATS) {
  const text = `some output\nof the program\n${SAMPLES[name]}`;
  if (afterChatter) {
    Deno.test(`${name}, a recording, is found after what the program printed`, async () => {
      assertEquals(callsOf(await read(text)), ["malloc #0 1x16"]);
    });
  } else {
    Deno.test(`${name}, which is no recording, is not looked for after something else`, async () => {
      const error = await assertRejects(() => read(text), TraceError);
      assertStringIncludes(error.message, "test.trace:1:1: expected a trace");
      assertStringIncludes(error.message, 'found "some output"');
    });
  }
}

Deno.test("a format that is named is not doubted", async () => {
  const error = await assertRejects(() => read("+16\n", "rep"), TraceError);
  assertStringIncludes(
    error.message,
    "test.trace:1:1: expected a suggested heap size",
  );
});

Deno.test("a recording is not looked for beyond the first hundred lines", async () => {
  const text = "output\n".repeat(101) + SAMPLES.valgrind;
  const error = await assertRejects(() => traceOf(text), TraceError);
  assertStringIncludes(error.message, "test.trace:1:1: expected a trace");
});

for (const name of FORMAT_NAMES) {
  for (const other of FORMAT_NAMES.filter((each) => each !== name)) {
    Deno.test(`${other} in the middle of ${name} is refused with its place`, async () => {
      const error = await assertRejects(
        () => traceOf(SAMPLES[name] + SAMPLES[other], { strict: true }),
        TraceError,
      );
      const lines = SAMPLES[name].split("\n").length;
      const { line = 0, column = 0 } = error.place;
      assertEquals([line >= lines, column >= 1], [true, true], error.message);
    });
  }
}
