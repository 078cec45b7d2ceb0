// What a program in C finds in errno, which was 77 before each call.
import { assert, assertEquals } from "@std/assert";
import {
  type Address,
  arenaMemory,
  type CBindings,
  Heap,
  SystemCallError,
} from "../../../mod.ts";
import { compileC, TO_LINK } from "../../support/compile_c.ts";
import { gatedTest } from "../../support/permissions.ts";
import { RefusingMemory } from "../../support/refusing_memory.ts";
import { StderrLines } from "../../support/stderr_lines.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";
import { wrapMemory } from "../../support/wrap_memory.ts";

const BEFORE = 77;
const ENOMEM = 12;
const EINVAL = 22;
const SIZE_MAX = 2n ** 64n - 1n;

const SYMBOLS = {
  errno_left: { parameters: [], result: "i32" },
  errno_malloc: { parameters: ["function", "usize"], result: "pointer" },
  errno_calloc: {
    parameters: ["function", "usize", "usize"],
    result: "pointer",
  },
  errno_realloc: {
    parameters: ["function", "pointer", "usize"],
    result: "pointer",
  },
  errno_free: { parameters: ["function", "pointer"], result: "void" },
  errno_usable_size: { parameters: ["function", "pointer"], result: "usize" },
  os_malloc_function: { parameters: [], result: "function" },
  os_calloc_function: { parameters: [], result: "function" },
  os_realloc_function: { parameters: [], result: "function" },
  os_free_function: { parameters: [], result: "function" },
} as const satisfies Deno.ForeignLibraryInterface;

type Library = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
type Functions = Pick<CBindings, "malloc" | "calloc" | "realloc" | "free">;

/** The functions of a heap that is bound, and those of osmem.h. */
const WAYS: Readonly<
  Record<string, (library: Library, bindings: CBindings) => Functions>
> = {
  "bound ": (_, bindings) => bindings,
  "os_": (library) => ({
    malloc: library.os_malloc_function() as CBindings["malloc"],
    calloc: library.os_calloc_function() as CBindings["calloc"],
    realloc: library.os_realloc_function() as CBindings["realloc"],
    free: library.os_free_function() as CBindings["free"],
  }),
};

/** Runs a test with the library that looks at errno. */
function errnoTest(name: string, fn: (library: Library) => void): void {
  gatedTest({
    name,
    needs: [TO_LINK, { name: "read" }, { name: "write" }],
    fn: () =>
      inTemporaryFolder(async (folder) => {
        const path = await compileC("errno", folder);
        using _loads = new Heap();
        const library = Deno.dlopen(path, SYMBOLS);
        fn(library.symbols);
        library.close();
      }),
  });
}

for (const [prefix, way] of Object.entries(WAYS)) {
  errnoTest(
    `${prefix}functions leave errno alone where they succeed`,
    (library) => {
      using heap = new Heap();
      using bindings = heap.bindToC({ os: true });
      const { malloc, calloc, realloc, free } = way(library, bindings);
      const seen: unknown[] = [];
      const see = <Value>(
        value: Value,
      ): Value => (seen.push(library.errno_left()), value);
      const block = see(library.errno_malloc(malloc, 100n));
      see(library.errno_malloc(malloc, 0n));
      see(library.errno_calloc(calloc, 3n, 100_000n));
      see(library.errno_calloc(calloc, 0n, SIZE_MAX));
      const moved = see(library.errno_realloc(realloc, block, 300_000n));
      see(library.errno_realloc(realloc, moved, 0n));
      see(library.errno_free(free, library.errno_malloc(malloc, 200_000n)));
      see(library.errno_free(free, null));
      assertEquals(seen, seen.map(() => BEFORE));
    },
  );

  errnoTest(
    `${prefix}functions set errno to ENOMEM where there is no memory`,
    (library) => {
      using heap = new Heap();
      using bindings = heap.bindToC({ os: true });
      const { malloc, calloc, realloc } = way(library, bindings);
      const block = library.errno_malloc(malloc, 100n);
      for (const size of [SIZE_MAX, SIZE_MAX / 2n, 2n ** 53n + 1n, 2n ** 47n]) {
        assertEquals(library.errno_malloc(malloc, size), null);
        assertEquals(library.errno_left(), ENOMEM);
        assertEquals(library.errno_calloc(calloc, size, size), null);
        assertEquals(library.errno_left(), ENOMEM);
        assertEquals(library.errno_realloc(realloc, block, size), null);
        assertEquals(library.errno_left(), ENOMEM);
      }
      assertEquals(bindings.errors, []);
    },
  );

  errnoTest(
    `${prefix}free leaves errno alone where the pointer is wrong`,
    (library) => {
      using heap = new Heap();
      using bindings = heap.bindToC({ os: true });
      const { realloc, free } = way(library, bindings);
      const wrong = Deno.UnsafePointer.create(4096n);
      using _stderr = new StderrLines();
      library.errno_free(free, wrong);
      assertEquals(library.errno_left(), BEFORE);
      assertEquals(library.errno_realloc(realloc, wrong, 8n), null);
      assertEquals(library.errno_left(), ENOMEM);
      assertEquals(bindings.errorCount, 2);
    },
  );
}

errnoTest("usableSize leaves errno alone, whatever it is given", (library) => {
  using heap = new Heap();
  using bindings = heap.bindToC();
  using _stderr = new StderrLines();
  const block = library.errno_malloc(bindings.malloc, 100n);
  for (const pointer of [block, null, Deno.UnsafePointer.create(4096n)]) {
    library.errno_usable_size(bindings.usableSize, pointer);
    assertEquals(library.errno_left(), BEFORE);
  }
});

errnoTest(
  "realloc of memory that is free answers NULL and leaves errno alone",
  (library) => {
    using heap = new Heap();
    using bindings = heap.bindToC();
    const { malloc, realloc, free } = bindings;
    const block = library.errno_malloc(malloc, 100n);
    library.errno_malloc(malloc, 100n);
    library.errno_free(free, block);
    assertEquals(library.errno_realloc(realloc, block, 200n), null);
    assertEquals(library.errno_left(), BEFORE);
  },
);

/** A heap whose mappings the system keeps, saying so with this error number. */
function withKeptMappings(errno: number, use: (heap: Heap) => void): void {
  using arena = arenaMemory();
  let isKept = true;
  const munmap = (address: Address, length: number) => {
    if (isKept) throw new SystemCallError("munmap", errno);
    arena.munmap(address, length);
  };
  using heap = new Heap({ memory: wrapMemory(arena, { munmap }) });
  using _stderr = new StderrLines();
  use(heap);
  isKept = false;
}

for (
  const [errno, seen] of [[EINVAL, EINVAL], [0, 12], [-5, 12], [0.5, 12], [
    NaN,
    12,
  ]] as const
) {
  errnoTest(
    `realloc sets errno to ${seen} where a mapping is kept with ${errno}`,
    (library) => {
      withKeptMappings(errno, (heap) => {
        using bindings = heap.bindToC();
        const block = library.errno_malloc(bindings.malloc, 200_000n);
        assertEquals(library.errno_realloc(bindings.realloc, block, 8n), null);
        assertEquals(library.errno_left(), seen);
        library.errno_free(bindings.free, block);
        assertEquals(library.errno_left(), BEFORE);
      });
    },
  );
}

errnoTest("a system call that is refused is ENOMEM to C", (library) => {
  const memory = new RefusingMemory(arenaMemory());
  using heap = new Heap({ memory });
  using bindings = heap.bindToC();
  memory.refuses = () => true;
  for (const size of [8n, 200_000n]) {
    assertEquals(library.errno_malloc(bindings.malloc, size), null);
    assertEquals(library.errno_left(), ENOMEM);
  }
  assert(memory.refused >= 2);
});
