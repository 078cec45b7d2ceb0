// Every system call of a workload is refused: once, and from then on. After each
// refusal the heap is whole and as it was, and it goes on working.
import {
  assertEquals,
  assertInstanceOf,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type HeapOptions,
  OutOfMemoryError,
  SystemCallError,
} from "../../../mod.ts";
import { Patient, type Step } from "../../support/patient.ts";
import { WORKLOAD } from "../../support/workload.ts";
import { nameOf, POLICIES } from "../../support/policies.ts";
import {
  fromThenOn,
  once,
  type Refusal,
} from "../../support/refusing_memory.ts";
import { seededTests } from "../../support/seed.ts";
import { sweep } from "../../support/sweep.ts";
import { casesOf } from "../../support/thoroughness.ts";

/** The steps with small blocks: mappings do not depend on a policy. */
const SMALL = WORKLOAD.filter((step) =>
  step.slice(2).every((size) => Number(size) < 100_000)
);

const NUMBERS: Readonly<Record<string, HeapOptions>> = {
  "the course's numbers": {},
  "no preallocation": { preallocate: 0 },
  "low thresholds": {
    mmapThreshold: 4096,
    callocThreshold: 256,
    preallocate: 1024,
  },
  "nothing mapped": { mmapThreshold: Infinity, callocThreshold: Infinity },
};

/** Runs a workload; says how many system calls were refused. */
function run(
  workload: readonly Step[],
  options: HeapOptions,
  refuses: Refusal,
): number {
  using patient = new Patient(options, refuses);
  for (const step of workload) patient.attempt(step);
  const { refused } = patient.memory;
  patient.release();
  return refused;
}

const LEAST_SYSTEM_CALLS = 8; // of a workload

const test = seededTests("system calls refused under each policy");

for (const refusal of [once, fromThenOn]) {
  for (const [name, options] of Object.entries(NUMBERS)) {
    Deno.test(`a heap stands a system call refused ${refusal.name}, whichever it is: ${name}`, () => {
      sweep(
        (refuses) => run(WORKLOAD, options, refuses),
        refusal,
        LEAST_SYSTEM_CALLS,
      );
    });
  }

  for (const policy of POLICIES) {
    test(`a heap stands a system call refused ${refusal.name}, whichever it is: ${nameOf(policy)}`, (random) => {
      for (const growth of casesOf([8, 512], random)) {
        const options = { ...policy, preallocate: 0, growth };
        sweep(
          (refuses) => run(SMALL, options, refuses),
          refusal,
          LEAST_SYSTEM_CALLS,
        );
      }
    });
  }
}

Deno.test("malloc() refused says what was asked for and why", () => {
  using patient = new Patient({}, fromThenOn(1));
  const error = assertThrows(
    () => patient.heap.malloc(100),
    OutOfMemoryError,
    "malloc(100)",
  );
  assertStringIncludes(error.message, "ENOMEM");
  assertInstanceOf(error.cause, SystemCallError);
  assertEquals(error.cause.syscall, "sbrk");
});

Deno.test("a heap whose preallocation was refused preallocates at the next need", () => {
  using patient = new Patient({}, once(1));
  patient.attempt(["malloc", "first", 8]);
  assertEquals([...patient.heap.blocks()], []);
  patient.attempt(["malloc", "first", 8]);
  assertEquals(patient.heap.stats().footprintBytes, 131072);
});

Deno.test("free() of a mapping that is refused leaves the block live", () => {
  using patient = new Patient({}, once(2));
  patient.attempt(["malloc", "mapping", 200_000]);
  patient.attempt(["free", "mapping"]);
  assertEquals(patient.heap.stats().mappedBlocks, 1);
  patient.attempt(["free", "mapping"]);
  assertEquals(patient.heap.stats().mappedBlocks, 0);
});

Deno.test("realloc() whose munmap is refused leaves the old block live and keeps no new one", () => {
  using patient = new Patient({}, once(3));
  patient.attempt(["malloc", "mapping", 200_000]);
  patient.attempt(["realloc", "mapping", 100]);
  assertEquals(patient.heap.stats().liveBlocks, 1);
  assertEquals(patient.contents.addresses.length, 1);
  patient.release();
});

Deno.test("a new mapping that cannot be given back either is given back later", () => {
  using patient = new Patient({}, fromThenOn(3));
  patient.attempt(["malloc", "mapping", 200_000]);
  patient.attempt(["realloc", "mapping", 300_000]);
  assertEquals(patient.heap.stats().mappedBlocks, 1);
  patient.release();
});
