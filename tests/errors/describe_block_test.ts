// What messages call a block.
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Heap, UsageError } from "../../mod.ts";
import { describeBlock, quoteLabel } from "../../errors/messages.ts";

Deno.test("a block is told with its label, its bytes and its address", () => {
  const block = { label: "frame", size: 64, address: 0x1020 };
  assertEquals(
    describeBlock("allocation", block),
    'allocation "frame" (64 bytes at 0x1020)',
  );
  assertEquals(
    describeBlock("block", { ...block, label: undefined }),
    "block (64 bytes at 0x1020)",
  );
});

for (const [size, told] of [[0, "0 bytes"], [1, "1 byte"], [2, "2 bytes"]]) {
  Deno.test(`${told} are told as such`, () => {
    const block = { label: undefined, size: Number(size), address: 0x1020 };
    assertEquals(describeBlock("block", block), `block (${told} at 0x1020)`);
  });
}

const QUOTED: readonly (readonly [
  what: string,
  label: string,
  quoted: string,
])[] = [
  ["a quote", 'a"b', '"a\\"b"'],
  ["a line end", "a\nb", '"a\\nb"'],
  ["an escape", "\x1b[2J", '"\\u001b[2J"'],
  ["the last control characters", "\x7f\x9b", '"\\u007f\\u009b"'],
  ["another line end", "a\u2028b", '"a\\u2028b"'],
  ["sixty characters", "a".repeat(60), `"${"a".repeat(60)}"`],
  ["more of them", "a".repeat(61), `"${"a".repeat(59)}…"`],
  ["sixty of two units", "🦕".repeat(60), `"${"🦕".repeat(60)}"`],
  ["more of those", "🦕".repeat(61), `"${"🦕".repeat(59)}…"`],
  ["a megabyte", "a".repeat(1 << 20), `"${"a".repeat(59)}…"`],
];

for (const [what, label, quoted] of QUOTED) {
  Deno.test(`a label is shown in one short line: ${what}`, () => {
    assertEquals(quoteLabel(label), quoted);
  });
}

Deno.test("allocations, scopes and leak reports quote labels alike", () => {
  using heap = new Heap({ debug: true });
  const label = "one\ntwo";
  const scope = heap.scope({ label });
  const frame = scope.allocate(1, { label });
  assertStringIncludes(Deno.inspect(frame), 'allocation "one\\ntwo" (1 byte');
  assertStringIncludes(String(heap.leaks()), '1 byte in 1 block "one\\ntwo"');
  scope[Symbol.dispose]();
  assertStringIncludes(Deno.inspect(scope), 'scope "one\\ntwo" (');
  assertThrows(() => frame.bytes, UsageError, 'allocation "one\\ntwo" (1 byte');
});
