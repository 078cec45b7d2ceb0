// The C function is given any number of JavaScript, not only those that TypeScript lets
// through: converting NaN or infinity to an integer is undefined behaviour in C.
import { assertEquals } from "@std/assert";
import { nativeExtras } from "../../ffi/library.ts";
import { arenaMemory } from "../../mod.ts";

Deno.test("no number that is no address is of another isolate", () => {
  using _arena = arenaMemory();
  const { osmem_is_of_another } = nativeExtras();
  for (
    const number of [
      NaN,
      Infinity,
      -Infinity,
      -1,
      -0,
      0.5,
      2 ** 63,
      2 ** 64,
      Number.MAX_VALUE,
      Number.MIN_VALUE,
    ]
  ) assertEquals(osmem_is_of_another(number), 0, String(number));
});
