import { assertEquals, assertThrows } from "@std/assert";
import { formatTrace, parseTrace } from "../support/reference_trace.ts";
import { HEAP_START, mappingPlace } from "../support/places.ts";

const MOVES = "os_realloc (['<mapped-addr1> + 0x20', '1986'])".padEnd(90) +
  `= HeapStart + 0x20
  brk (['0'])                                                                             = HeapStart + 0x0
  brk (['HeapStart + 0x20000'])                                                           = HeapStart + 0x20000
  munmap (['<mapped-addr1>', '262176'])                                                   = 0
+++ exited (status 0) +++
`;

Deno.test("a trace is read into calls with their system calls", () => {
  assertEquals(parseTrace(MOVES), [{
    name: "os_realloc",
    args: [mappingPlace(1) + 32, 1986],
    result: HEAP_START + 32,
    systemCalls: [
      { name: "brk", address: HEAP_START + 131072, length: 131072 },
      { name: "munmap", address: mappingPlace(1), length: 262176 },
    ],
  }]);
});

Deno.test("a trace is written as it was read", () => {
  assertEquals(formatTrace(parseTrace(MOVES)), MOVES);
});

Deno.test("a trace is read whatever the program's exit status", () => {
  const failed = MOVES.replace("status 0", "status 127");
  assertEquals(parseTrace(failed), parseTrace(MOVES));
});

for (
  const line of [
    "os_malloc (10) = 0",
    "os_memalign (['8']) = 0",
    "os_malloc (['ten']) = 0",
    "  fork (['0']) = 0",
    "+++ exited (status -1) +++",
  ]
) {
  Deno.test(`a line like "${line}" is refused`, () => {
    assertThrows(() => parseTrace(line), SyntaxError);
  });
}
