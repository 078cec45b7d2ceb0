// The Expat parser with all of its memory from a heap.
import { assertEquals, assertGreater, assertThrows } from "@std/assert";
import { ClientError } from "../../../../bench/clients/client.ts";
import {
  EXPAT,
  Expat,
  XML_ERROR_NO_MEMORY,
  type XmlCounts,
} from "../../../../bench/clients/expat.ts";
import { nameOf, POLICIES, SINGLE_CHANGES } from "../../../support/policies.ts";
import { fromThenOn, once } from "../../../support/refusing_memory.ts";
import { BoundHeap } from "./support/bound_heap.ts";
import { clientTests } from "./support/client_tests.ts";
import { randomStates } from "./support/random_states.ts";
import { clientSweep } from "./support/client_sweep.ts";

const test = clientTests(EXPAT);

const PIECE = 2 ** 16; // bytes of a large document

interface XmlDocument {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What was written into it. */
  readonly counts: XmlCounts;
}

/** A catalogue of so many books: many names, entities, and some long values. */
function documentOf(books: number): XmlDocument {
  const written = randomStates(books).map(bookOf);
  const text = `<?xml version="1.0"?>
<!DOCTYPE catalogue [<!ENTITY publisher "a house of books"><!ATTLIST book lang CDATA "en">]>
<catalogue>${written.map(({ text }) => text).join("")}</catalogue>`;
  const counts = { elements: 1, attributes: 0, textBytes: 0 };
  for (const { attributes, textBytes } of written) {
    counts.elements += 2;
    counts.attributes += attributes;
    counts.textBytes += textBytes;
  }
  return { bytes: new TextEncoder().encode(text), counts };
}

/** An element with another in it; how many attributes and bytes of text it has. */
function bookOf(state: number) {
  const attributes = 1 + state % 5;
  const names = Array.from(
    { length: attributes },
    (_, index) => `a${state % 100}-${index}="${"v".repeat(state % 300)}"`,
  );
  const title = `“${state}”`; // 3 bytes each quotation mark
  return {
    text: `<book ${names.join(" ")}><t${state % 1000}>${title}</t${
      state % 1000
    }>&publisher;</book>`,
    attributes,
    textBytes: 6 + String(state).length + "a house of books".length,
  };
}

/** Parses a document piece by piece, and checks the heap after each. */
function run(
  heap: BoundHeap,
  { bytes }: XmlDocument,
  piece: number,
): XmlCounts {
  using expat = new Expat(heap);
  const counts = expat.count();
  for (let start = 0; start < bytes.length; start += piece) {
    const end = start + piece;
    expat.parse(bytes.subarray(start, end), end >= bytes.length);
    heap.check();
  }
  return counts;
}

let large: XmlDocument | undefined;

for (const policy of [POLICIES[0]!, ...SINGLE_CHANGES]) {
  test(`counts what a document of megabytes holds on a heap: ${nameOf(policy)}`, () => {
    const document = large ??= documentOf(8000);
    assertGreater(document.bytes.length, 3e6);
    using heap = new BoundHeap(policy);
    assertEquals(run(heap, document, PIECE), document.counts);
    heap.checkEmpty();
  });
}

test("keeps a token that is longer than any piece in one growing block", () => {
  using heap = new BoundHeap();
  const bytes = new TextEncoder().encode(`<a b="${"v".repeat(1_000_000)}"/>`);
  const counts = { elements: 1, attributes: 1, textBytes: 0 };
  assertEquals(run(heap, { bytes, counts }, PIECE), counts);
  assertGreater(heap.heap.stats().systemCalls.mmap, 0);
  heap.checkEmpty();
});

test("says where a document is none, and frees all the same", () => {
  using heap = new BoundHeap();
  {
    using expat = new Expat(heap);
    const bytes = new TextEncoder().encode("<a><b></a>");
    assertThrows(() => expat.parse(bytes, true), ClientError, "mismatched tag");
  }
  heap.checkEmpty();
});

for (const refusal of [once, fromThenOn]) {
  test(`stands a request for memory refused ${refusal.name}, whichever it is`, () => {
    const document = documentOf(150);
    clientSweep({
      run: (heap) => run(heap, document, 1000),
      answer: document.counts,
      outOfMemory: XML_ERROR_NO_MEMORY,
      least: 150,
    }, refusal);
  });
}
