// A Worker that loads the native library together with others, and answers with where a
// function of it lies.
import { openCLibrary } from "../../ffi/c_library.ts";
import { loadFromMemory } from "../../ffi/embedded_library.ts";
import { libraryPath } from "../../ffi/library.ts";
import type { Task } from "./embedded_workers.ts";

/** Where `osmem_sbrk` lies in the library that this isolate uses. */
export function addressOfSbrk(): number {
  const { osmem_sbrk } = Deno.dlopen(libraryPath(), {
    osmem_sbrk: { type: "pointer" },
  }).symbols;
  return Number(Deno.UnsafePointer.value(osmem_sbrk));
}

function begin({ ready, workers, beginning }: Task): number {
  const count = new Int32Array(ready);
  Atomics.add(count, 0, 1);
  while (Atomics.load(count, 0) < workers);
  // As if all had looked for it, and found nothing, in the same instant.
  if (beginning === "each its own") loadFromMemory(openCLibrary());
  return addressOfSbrk();
}

self.addEventListener("message", (event) => {
  const { data, ports } = event as MessageEvent<Task>;
  ports[0]?.postMessage(begin(data));
});
