// Lua on a heap, ever nearer to where the stack is used up: prints how often it was
// refused memory there, what else went wrong, and what Lua answers afterwards.
import { Lua } from "../../bench/clients/lua.ts";
import { Heap } from "../../mod.ts";

/** Calls `use` when so many calls more would use up the stack; what it throws is lost. */
function nearTheEndOfTheStack(left: number, use: () => void): number {
  let calls = 0;
  try {
    calls = nearTheEndOfTheStack(left, use) + 1;
  } catch {
    // This is the end: from here on it goes back.
  }
  if (calls === left) {
    try {
      use();
    } catch {
      // Lua has no memory, or JavaScript no stack to start it.
    }
  }
  return calls;
}

using heap = new Heap({ preallocate: 0, growth: 128 });
using bindings = heap.bindToC();
{
  using lua = new Lua({ calls: heap, bindings });
  for (let left = 0; left < 1500; left += 5) {
    nearTheEndOfTheStack(
      left,
      () => lua.run("for i = 1, 50 do kept = { i } end"),
    );
    heap.check();
  }
  const { errorCount, refusedCalls: { deepStack } } = bindings;
  const answer = lua.run("return 6 * 7");
  console.log(JSON.stringify({ deepStack, errorCount, answer }));
}
