import { assertEquals, assertNotEquals } from "@std/assert";
import { layOutArguments } from "../../../lab/programs/program_arguments.ts";

const POINTER_BYTES = 8;

Deno.test("arguments lie in memory as execve(2) lays them out", () => {
  const args = ["program", "", "two words", "ü € 😀", "x".repeat(100_000)];
  const { count, pointer } = layOutArguments(args);
  assertEquals(count, args.length);
  const view = new Deno.UnsafePointerView(pointer as Deno.PointerObject);
  const strings = args.map((_, index) =>
    Deno.UnsafePointerView.getCString(
      view.getPointer(index * POINTER_BYTES) as Deno.PointerObject,
    )
  );
  assertEquals(strings, args);
  assertEquals(view.getPointer(count * POINTER_BYTES), null);
});

Deno.test("each program has arguments of its own", () => {
  const [first, second] = [layOutArguments(["a"]), layOutArguments(["b"])];
  assertNotEquals(
    Deno.UnsafePointer.value(first.pointer),
    Deno.UnsafePointer.value(second.pointer),
  );
});
