import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import {
  findDamage,
  findNonZero,
  patternByte,
  writePattern,
} from "../../../lab/replay/contents.ts";

const LENGTH = fc.oneof(
  fc.integer({ min: 1, max: 200 }),
  fc.integer({ min: 65_500, max: 140_000 }),
);
const BLOCK = fc.nat(0xffff_fffe);

/** A payload that begins at any byte of its buffer. */
function payloadOf(length: number, offset: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length + offset), offset, length);
}

Deno.test("findDamage() finds none in what writePattern() wrote", () => {
  fc.assert(fc.property(BLOCK, LENGTH, fc.nat(9), (block, length, offset) => {
    const payload = payloadOf(length, offset);
    writePattern(payload, block);
    assertEquals(findDamage(payload, block), -1);
  }));
});

Deno.test("findDamage() finds every changed byte, wherever it lies", () => {
  fc.assert(
    fc.property(
      BLOCK,
      LENGTH,
      fc.nat(),
      fc.nat(9),
      (block, length, at, offset) => {
        const payload = payloadOf(length, offset);
        writePattern(payload, block);
        const position = at % length;
        payload[position] = ~(payload[position] as number);
        assertEquals(findDamage(payload, block), position);
      },
    ),
  );
});

Deno.test("writePattern() from a position completes what an earlier one began", () => {
  fc.assert(fc.property(BLOCK, LENGTH, LENGTH, (block, first, second) => {
    const payload = payloadOf(Math.max(first, second), 0);
    writePattern(payload.subarray(0, first), block);
    writePattern(payload.subarray(0, second), block, first);
    assertEquals(findDamage(payload, block), -1);
  }));
});

Deno.test("patternByte() says what writePattern() writes", () => {
  const payload = payloadOf(140_000, 0);
  writePattern(payload, 17);
  for (const position of [0, 1, 65_535, 65_536, 131_071, 139_999]) {
    assertEquals(patternByte(17, position), payload[position]);
  }
});

Deno.test("the patterns of blocks that follow each other differ", () => {
  for (let block = 0; block < 1000; block++) {
    const payload = payloadOf(16, 0);
    writePattern(payload, block);
    assertNotEquals(findDamage(payload, block + 1), -1);
  }
});

Deno.test("findNonZero() finds the first byte that is not 0", () => {
  const payload = payloadOf(140_000, 0);
  assertEquals(findNonZero(payload), -1);
  payload[139_998] = 1;
  assertEquals(findNonZero(payload), 139_998);
  payload[3] = 1;
  assertEquals(findNonZero(payload), 3);
});
