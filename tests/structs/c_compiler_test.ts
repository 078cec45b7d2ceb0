// Random structures are what a C compiler makes of them.
import { assertEquals } from "@std/assert";
import { type InputOf, struct, type StructFields } from "../../mod.ts";
import { Struct } from "../../structs/struct.ts";
import { compileLibrary, TO_LINK } from "../support/compile_c.ts";
import { cSource } from "../support/c_struct.ts";
import { gatedTest } from "../support/permissions.ts";
import {
  randomFields,
  randomValue,
  stepped,
  withAddresses,
  withPointers,
} from "../support/random_struct.ts";
import { chooseSeed, howToReplay, Random } from "../support/seed.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const STRUCTURES = 200;
const VALUES = 20;

// Chosen here: inside, the test has no permission to read the environment.
const seed = chooseSeed();

gatedTest({
  name:
    "random structures lie as in C, and C changes their values by value and in place",
  needs: [TO_LINK, { name: "read" }, { name: "write" }],
  fn: () =>
    inTemporaryFolder(async (folder) => {
      console.log(howToReplay(seed));
      const random = new Random(seed);
      const structures = Array.from(
        { length: STRUCTURES },
        () => randomFields(random),
      );
      const library = await compile(cSource(structures), folder);
      for (const [number, fields] of structures.entries()) {
        const layout: Struct = struct(fields);
        using c = openFunctions(library, number, layout);
        assertEquals(
          [layout.size, layout.align, ...offsetsIn(layout)],
          c.layout(),
        );
        for (let count = 0; count < VALUES; count++) {
          compareChanges(random, fields, layout, c);
        }
      }
    }),
});

/** Has C change a random value, and reads what it wrote. */
function compareChanges(
  random: Random,
  fields: StructFields,
  layout: Struct,
  c: CFunctions,
): void {
  const value = randomValue(random, fields);
  const bytes = new Uint8Array(layout.size);
  layout.write(bytes, withPointers(fields, value) as InputOf<Struct>);
  const read = (target: Uint8Array) =>
    withAddresses(fields, layout.read(target));
  assertEquals(read(bytes), value);
  assertEquals(read(c.step(bytes)), stepped(fields, value));
  assertEquals(read(bytes), value);
  c.stepInPlace(bytes);
  assertEquals(read(bytes), stepped(fields, value));
}

/** The offset of every field, and of those in structures inside, in their order. */
function offsetsIn({ fields }: Struct, start = 0): number[] {
  return Object.values(fields).flatMap(({ offset, type }) => [
    start + offset,
    ...(type instanceof Struct ? offsetsIn(type, start + offset) : []),
  ]);
}

async function compile(source: string, folder: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/structures.c`, source);
  const library = `${folder}/structures.so`;
  const { code, stderr } = await compileLibrary(
    `${folder}/structures.c`,
    library,
    { flags: ["-O1", "-Wall", "-Wextra", "-Werror"], isLinked: false },
  );
  assertEquals([code, stderr], [0, ""]);
  return library;
}

/** What the library has for one structure. */
interface CFunctions extends Disposable {
  /** Its size, its alignment, and the offset of every field. */
  layout(): number[];
  /** Changes a structure by value. */
  step(bytes: Uint8Array): Uint8Array;
  /** Changes a structure where it lies. */
  stepInPlace(bytes: Uint8Array): void;
}

function openFunctions(
  path: string,
  number: number,
  layout: Struct,
): CFunctions {
  const { type } = layout;
  const library = Deno.dlopen(path, {
    layout: { name: `layout_${number}`, parameters: [], result: "pointer" },
    step: { name: `step_${number}`, parameters: [type], result: type },
    stepInPlace: {
      name: `step_in_place_${number}`,
      parameters: ["buffer"],
      result: "void",
    },
  });
  const { symbols } = library;
  const figures = 2 + offsetsIn(layout).length;
  return {
    layout: () => sizesAt(symbols.layout(), figures),
    step: (bytes) => symbols.step(bytes as Uint8Array<ArrayBuffer>),
    stepInPlace: (bytes) =>
      symbols.stepInPlace(bytes as Uint8Array<ArrayBuffer>),
    [Symbol.dispose]: () => library.close(),
  };
}

/** So many numbers of the type `size_t`. */
function sizesAt(pointer: Deno.PointerValue, count: number): number[] {
  if (pointer === null) throw new TypeError("C gave NULL");
  const view = new Deno.UnsafePointerView(pointer);
  return Array.from(
    { length: count },
    (_, index) => Number(view.getBigUint64(8 * index)),
  );
}
