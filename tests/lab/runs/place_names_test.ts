import { assertEquals } from "@std/assert";
import { parseReferenceCalls } from "../../../lab/reference/reference_calls.ts";
import { PlaceNames } from "../../../lab/runs/place_names.ts";

const START = 0x7000_0000;

function namesOfHeap(): PlaceNames {
  const names = new PlaceNames();
  names.grow(START, START);
  names.grow(START, START + 0x20000);
  return names;
}

Deno.test("NULL is 0, both ways", () => {
  const names = new PlaceNames();
  assertEquals([names.nameOf(0), names.addressOf("0")], ["0", 0]);
});

Deno.test("addresses of the heap are named after its start, its end among them", () => {
  const names = namesOfHeap();
  for (
    const [offset, name] of [
      [0, "HeapStart + 0x0"],
      [0x20, "HeapStart + 0x20"],
      [0x20000, "HeapStart + 0x20000"],
    ] as const
  ) {
    assertEquals(names.nameOf(START + offset), name);
    assertEquals(names.addressOf(name), START + offset);
  }
});

Deno.test("a heap that grows where it ended stays one segment", () => {
  const names = namesOfHeap();
  names.grow(START + 0x20000, START + 0x30000);
  assertEquals(names.nameOf(START + 0x28000), "HeapStart + 0x28000");
});

Deno.test("growth behind a gap is a segment of its own", () => {
  const names = namesOfHeap();
  names.grow(START + 0x21000, START + 0x22000);
  assertEquals(names.nameOf(START + 0x21020), "<segment2> + 0x20");
  assertEquals(names.addressOf("<segment2> + 0x20"), START + 0x21020);
  assertEquals(names.nameOf(START + 0x20), "HeapStart + 0x20");
});

Deno.test("an address behind the end of the heap is named after its last segment", () => {
  assertEquals(
    namesOfHeap().nameOf(START + 0x90000),
    "HeapStart + 0x90000",
  );
});

Deno.test("mappings are counted; their starts have no offset", () => {
  const names = new PlaceNames();
  names.map(0x1000, 0x1000);
  names.map(0x9000, 0x1000);
  assertEquals(names.nameOf(0x1000), "<mapped-addr1>");
  assertEquals(names.nameOf(0x9000), "<mapped-addr2>");
  assertEquals(names.nameOf(0x9020), "<mapped-addr2> + 0x20");
  assertEquals(names.nameOf(0x9300), "<mapped-addr2> + 0x300");
  assertEquals(names.addressOf("<mapped-addr1>"), 0x1000);
  assertEquals(names.addressOf("<mapped-addr2> + 0x20"), 0x9020);
});

Deno.test("a mapping that is made where another was takes its place under a new name", () => {
  const names = new PlaceNames();
  names.map(0x1000, 0x1000);
  names.map(0x1000, 0x2000);
  assertEquals(names.nameOf(0x1020), "<mapped-addr2> + 0x20");
  assertEquals(names.addressOf("<mapped-addr1> + 0x20"), undefined);
});

Deno.test("a mapping inside one that was given back goes before it", () => {
  const names = new PlaceNames();
  names.map(0x1000, 0x4000);
  names.map(0x2000, 0x1000);
  assertEquals(names.nameOf(0x2800), "<mapped-addr2> + 0x800");
});

Deno.test("an address that is nowhere is written as C has it", () => {
  const names = namesOfHeap();
  assertEquals(names.nameOf(8), "0x8");
  assertEquals(names.nameOf(-8), "0xfffffffffffffff8");
});

Deno.test("a place that has not come to be has no address", () => {
  const names = new PlaceNames();
  for (const name of ["HeapStart + 0x20", "<mapped-addr1> + 0x20"]) {
    assertEquals(names.addressOf(name), undefined);
  }
});

Deno.test("every name of a place can be read in a trace again", () => {
  const names = namesOfHeap();
  names.map(0x900000, 0x1000);
  for (const address of [0, 8, -8, 0x900000, 0x900020, 0x900800]) {
    const name = names.nameOf(address);
    const line = `os_free (['${name}']) = <void>`;
    assertEquals(parseReferenceCalls(line, "some.ref").calls, [
      { name: "os_free", args: [name] },
    ]);
  }
});
