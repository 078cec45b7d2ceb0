// An index of free blocks that is wrong: check() finds it by every fit.
import { assertThrows } from "@std/assert";
import { arenaMemory, CorruptionError, type FitPolicy } from "../../../mod.ts";
import { BlockList } from "../../../heap/list/block_list.ts";
import { checkBlocks } from "../../../heap/inspection/check.ts";
import { checkOptions, policyOf } from "../../../heap/heap_options.ts";
import { BlockWalk } from "../../../heap/list/block_walk.ts";
import { LiveCells, SystemCalls } from "../../../heap/source/system_calls.ts";
import { FITS } from "../../support/policies.ts";

const SIZES = [40, 30, 20, 60, 10];

/** A list with free blocks of these sizes in cells, an allocated block after each. */
function withFree(fit: FitPolicy) {
  const arena = arenaMemory();
  const live = new LiveCells();
  const list = new BlockList(
    new SystemCalls(arena),
    live,
    policyOf(checkOptions({ fit, preallocate: 0 }), arena.pageSize),
  );
  const allocate = (size: number) => {
    list.grow(size);
    return list.place(size);
  };
  const cells = SIZES.map((size) => {
    const cell = allocate(size);
    allocate(5);
    return cell;
  });
  for (const cell of cells) list.release(list.payloadOf(cell));
  if (list.place(100) >= 0) throw new Error("No block has as much");
  const check = () => checkBlocks(list, new BlockWalk(list), live.cells);
  return {
    list,
    cells,
    check,
    [Symbol.dispose]: () => arena[Symbol.dispose](),
  };
}

for (const fit of FITS) {
  Deno.test(`check() finds a free block that ${fit} fit has lost`, () => {
    using setup = withFree(fit);
    const { list, cells, check } = setup;
    check();
    for (const [at, cell] of cells.entries()) {
      list.index.delete(cell, SIZES[at]!);
      assertThrows(check, CorruptionError, "index");
      list.index.add(cell, SIZES[at]!);
      check();
    }
  });

  Deno.test(`check() finds a block that ${fit} fit should not have`, () => {
    using setup = withFree(fit);
    const { list, cells, check } = setup;
    const allocated = cells[0]! + 4 + SIZES[0]!;
    list.index.add(allocated, 5);
    assertThrows(check, CorruptionError, "size of the free index");
  });

  Deno.test(`check() finds ${fit} fit mistaken in the size of the largest`, () => {
    using setup = withFree(fit);
    const { list, cells, check } = setup;
    list.index.delete(cells[3]!, 60);
    list.index.add(cells[3]!, 70);
    assertThrows(check, CorruptionError, "index");
  });
}
