import { assert, assertEquals, assertGreater } from "@std/assert";
import { experiment, type Run } from "../../../lab/mod.ts";
import { Keyframes } from "../../../lab/runs/keyframes.ts";
import { IS_THOROUGH } from "../../support/thoroughness.ts";

/** A run that keeps so many blocks and frees and allocates one at a time. */
function churn(blocks: number, calls: number): Run {
  return experiment({}, (heap) => {
    const live = Array.from({ length: blocks }, () => heap.malloc(24));
    for (let call = 0; call < calls; call += 2) {
      const at = (call * 7919) % blocks;
      heap.free(live[at]!);
      live[at] = heap.malloc(16 + 8 * (call % 5));
    }
  });
}

for (const blocks of [100, 10_000]) {
  Deno.test(`keyframes of a run with ${blocks} blocks take no more than its changes`, () => {
    const { data } = churn(blocks, IS_THOROUGH ? 60_000 : 20_000);
    const keyframes = new Keyframes(data);
    assertGreater(keyframes.count, 3);
    assert(keyframes.blockCount <= 2 * data.changes.addresses.length);
  });
}

Deno.test("a moment at a keyframe is the same as one that is reached from it", () => {
  const run = churn(2000, 20_000);
  const { data } = run;
  const whole = new Keyframes(data).at(data.length);
  assertEquals(run.at(data.length).snapshot.length, whole.cells.length);
});
