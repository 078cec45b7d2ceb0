/**
 * The Expat parser on a heap: its three hooks are malloc, realloc and free, so it is
 * given these functions of the heap as they are.
 * Needs `libexpat.so.1` of Debian's package `libexpat1`.
 *
 * ```sh
 * deno run --allow-ffi examples/expat.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * catalogue
 *   book
 *     title: Ulysses
 *   book
 *     title: Orlando
 * parsed on the heap: true
 * once the parser was freed: 0 blocks
 * ```
 *
 * @module
 */
import { Heap } from "@osmem/osmem";

const DOCUMENT = `<?xml version="1.0"?>
<catalogue>
  <book year="1922"><title>Ulysses</title></book>
  <book year="1928"><title>Orlando</title></book>
</catalogue>`;

const library = openExpat();
const expat = library.symbols;

using heap = new Heap();
using bindings = heap.bindToC();

// XML_Memory_Handling_Suite: three functions.
const { malloc, realloc, free } = bindings;
const suite = BigUint64Array.from(
  [malloc, realloc, free],
  (each) => Deno.UnsafePointer.value(each),
);
const parser = expat.XML_ParserCreate_MM(null, suite, null);

let depth = 0;
let line = "";
const onStart = new Deno.UnsafeCallback(
  { parameters: ["pointer", "pointer", "pointer"], result: "void" },
  (_data, name) => {
    print();
    line = "  ".repeat(depth++) + Deno.UnsafePointerView.getCString(name!);
  },
);
const onEnd = new Deno.UnsafeCallback(
  { parameters: ["pointer", "pointer"], result: "void" },
  () => {
    print();
    depth--;
  },
);
const onText = new Deno.UnsafeCallback(
  { parameters: ["pointer", "pointer", "i32"], result: "void" },
  (_data, text, length) => {
    const bytes = Deno.UnsafePointerView.getArrayBuffer(text!, length);
    const words = new TextDecoder().decode(bytes).trim();
    if (words) line += `: ${words}`;
  },
);
expat.XML_SetElementHandler(parser, onStart.pointer, onEnd.pointer);
expat.XML_SetCharacterDataHandler(parser, onText.pointer);

const bytes = new TextEncoder().encode(DOCUMENT);
const status = expat.XML_Parse(parser, bytes, bytes.length, 1);
if (status !== 1) throw new Error("The document is not XML");
console.log(`parsed on the heap: ${heap.stats().liveBlocks > 0}`);
expat.XML_ParserFree(parser);
console.log(`once the parser was freed: ${heap.stats().liveBlocks} blocks`);
heap.check();
for (const handler of [onStart, onEnd, onText]) handler.close();
library.close();

/** Prints an element, once what follows its start is known. */
function print(): void {
  if (line) console.log(line);
  line = "";
}

function openExpat() {
  try {
    return Deno.dlopen("libexpat.so.1", {
      XML_ParserCreate_MM: {
        parameters: ["pointer", "buffer", "pointer"],
        result: "pointer",
      },
      XML_SetElementHandler: {
        parameters: ["pointer", "function", "function"],
        result: "void",
      },
      XML_SetCharacterDataHandler: {
        parameters: ["pointer", "function"],
        result: "void",
      },
      XML_Parse: {
        parameters: ["pointer", "buffer", "i32", "i32"],
        result: "i32",
      },
      XML_ParserFree: { parameters: ["pointer"], result: "void" },
    });
  } catch (error) {
    console.error((error as Error).message);
    console.error("Debian has it in the package libexpat1.");
    Deno.exit(1);
  }
}
