// Forgets allocations that were made in all the ways in which programs make them, and
// prints the labels of those that were reported. Run with --v8-flags=--expose-gc.
import { type Allocation, Heap } from "../../mod.ts";

declare const gc: () => void;

const reported: (string | undefined)[] = [];
const [options = "{}"] = Deno.args;
const heap = new Heap({
  ...JSON.parse(options),
  onLeak: ({ label, calls }) => reported.push(`${label}: ${calls.length > 0}`),
});

function allocate(label: string): Allocation {
  return heap.allocate(8, { label });
}

class Owner {
  memory?: Allocation;

  constructor(label?: string) {
    if (label) this.memory = allocate(label);
  }

  open(label: string): void {
    this.memory = allocate(label);
  }
}

function close(label: string): () => Allocation | undefined {
  let memory: Allocation | undefined;
  (() => memory = allocate(label))();
  return () => memory;
}

async function wait(label: string): Promise<() => Allocation> {
  await Promise.resolve();
  const memory = allocate(label);
  return () => memory;
}

async function forget(): Promise<void> {
  allocate("function");
  new Owner("constructor");
  new Owner().open("method");
  close("closure");
  await wait("async function");
  heap.scope().allocate(8, { label: "scope" });
  heap.scope().allocateString("text", { label: "string in a scope" });
}

await forget();
for (let turn = 0; turn < 100 && reported.length < 7; turn++) {
  gc();
  await new Promise((resolve) => setTimeout(resolve, 10));
}
console.log(reported.sort().join("\n"));
