// Mappings of which nobody can know whether they are still there.
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  arenaMemory,
  CorruptionError,
  Heap,
  type Memory,
  SystemCallError,
} from "../../../mod.ts";
import { isOverflow } from "../../support/overflow.ts";
import { wrapMemory } from "../../support/wrap_memory.ts";

/** Bytes of a block that gets a mapping of its own. */
const MAPPED = 200_000;

const ENOMEM = 12;

/** What the memory of a test does next. */
interface Plan {
  /** How many calls of munmap to refuse before one is made. */
  refusals: number;
  /** Whether windows are refused. */
  refusesWindows: boolean;
}

/** Every way in which the heap calls munmap. */
const CALLS: Record<string, (heap: Heap, address: number, plan: Plan) => void> =
  {
    "free()": (heap, address) => heap.free(address),
    "realloc() from a mapping to a heap block": (heap, address) => {
      heap.realloc(address, 64);
    },
    "realloc() that frees its new mapping again": (heap, address, plan) => {
      plan.refusals = 1;
      heap.realloc(address, 2 * MAPPED);
    },
    "malloc() that is refused a window": (heap, _address, plan) => {
      plan.refusesWindows = true;
      heap.malloc(MAPPED);
    },
    "reset()": (heap) => heap.reset(),
  };

for (const [name, call] of Object.entries(CALLS)) {
  Deno.test(`a mapping is not unmapped twice if the stack overflows behind munmap in ${name}`, () => {
    using arena = arenaMemory();
    const plan: Plan = { refusals: 0, refusesWindows: false };
    const unmapped: number[] = [];
    const memory: Memory = wrapMemory(arena, {
      munmap: (address, length) => {
        if (plan.refusals-- > 0) throw new SystemCallError("munmap", ENOMEM);
        arena.munmap(address, length);
        unmapped.push(address);
        if (unmapped.length === 1) throw overflow();
      },
      buffer: (address, length) => {
        if (plan.refusesWindows) throw new Error("no window");
        return arena.buffer(address, length);
      },
    });
    const heap = new Heap({ memory });
    const address = heap.malloc(MAPPED);
    heap.malloc(MAPPED);
    assertThrows(() => call(heap, address, plan), Error);
    const { code } = assertThrows(() => heap.malloc(1), CorruptionError);
    assertEquals(code, "interrupted");
    assertEquals(unmapped.length, 1);
    heap[Symbol.dispose]();
    assertEquals(unmapped.length, new Set(unmapped).size);
  });
}

/** What the engine throws for want of stack. */
function overflow(): RangeError {
  const error = new RangeError("Maximum call stack size exceeded");
  assert(isOverflow(error));
  return error;
}
