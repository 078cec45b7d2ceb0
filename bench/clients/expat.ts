import { fromCString } from "../../ffi/c_library.ts";
import { ClientError, type ClientHeap, type SystemLibrary } from "./client.ts";

/** Expat, which parses XML. */
export const EXPAT: SystemLibrary = {
  name: "Expat",
  file: "libexpat.so.1",
  debianPackage: "libexpat1",
};

/** The status for an allocation that failed. */
export const XML_ERROR_NO_MEMORY = 1;

const XML_STATUS_OK = 1;

const SYMBOLS = {
  XML_ParserCreate: { parameters: ["pointer"], result: "pointer" },
  XML_ParserCreate_MM: {
    parameters: ["pointer", "buffer", "pointer"],
    result: "pointer",
  },
  XML_ParserFree: { parameters: ["pointer"], result: "void" },
  XML_Parse: { parameters: ["pointer", "buffer", "i32", "i32"], result: "i32" },
  XML_GetErrorCode: { parameters: ["pointer"], result: "i32" },
  XML_ErrorString: { parameters: ["i32"], result: "pointer" },
  XML_SetStartElementHandler: {
    parameters: ["pointer", "function"],
    result: "void",
  },
  XML_SetCharacterDataHandler: {
    parameters: ["pointer", "function"],
    result: "void",
  },
  XML_GetSpecifiedAttributeCount: { parameters: ["pointer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

let loaded: Deno.DynamicLibrary<typeof SYMBOLS> | undefined;

/** Expat's functions, loaded once: loading takes longer than parsing a short document. */
function expat() {
  return (loaded ??= Deno.dlopen(EXPAT.file, SYMBOLS)).symbols;
}

/** `XML_StartElementHandler`: data, name, attributes. */
const START_ELEMENT = {
  parameters: ["pointer", "pointer", "pointer"],
  result: "void",
} as const;

/** `XML_CharacterDataHandler`: data, text, its length. */
const CHARACTER_DATA = {
  parameters: ["pointer", "pointer", "i32"],
  result: "void",
} as const;

/** What there is in a document. */
export interface XmlCounts {
  /** Elements. */
  elements: number;
  /** Attributes of all elements. */
  attributes: number;
  /** Bytes of text, in UTF-8. */
  textBytes: number;
}

/** A parser that gets all its memory from one heap. */
export class Expat implements Disposable {
  readonly #parser: Deno.PointerObject;
  readonly #handlers: { close(): void }[] = [];

  /**
   * Makes a parser for one document.
   *
   * @param heap The heap that it gets its memory from; by default, malloc of libc.
   * @throws {ClientError} If there is no memory.
   * @throws {Error} If the library is not installed.
   */
  constructor(heap?: ClientHeap) {
    const { XML_ParserCreate, XML_ParserCreate_MM } = expat();
    const parser = heap
      ? XML_ParserCreate_MM(null, memorySuite(heap), null) // it copies the suite
      : XML_ParserCreate(null);
    if (parser === null) {
      throw new ClientError(
        "XML_ParserCreate",
        XML_ERROR_NO_MEMORY,
        "there is no parser",
      );
    }
    this.#parser = parser;
  }

  /** Counts what is parsed after this call. */
  count(): Readonly<XmlCounts> {
    const c = expat();
    const counts = { elements: 0, attributes: 0, textBytes: 0 };
    const onElement = new Deno.UnsafeCallback(START_ELEMENT, () => {
      counts.elements++;
      // Names and values are counted each.
      counts.attributes += c.XML_GetSpecifiedAttributeCount(this.#parser) / 2;
    });
    const onText = new Deno.UnsafeCallback(
      CHARACTER_DATA,
      (_data, _text, length) => void (counts.textBytes += length),
    );
    this.#handlers.push(onElement, onText);
    c.XML_SetStartElementHandler(this.#parser, onElement.pointer);
    c.XML_SetCharacterDataHandler(this.#parser, onText.pointer);
    return counts;
  }

  /**
   * Parses the next piece of the document.
   *
   * @param piece The bytes of the piece.
   * @param isLast Whether the document ends with them.
   * @throws {ClientError} If the document is not XML, or there is no memory.
   */
  parse(piece: Uint8Array<ArrayBuffer>, isLast: boolean): void {
    const c = expat();
    const status = c.XML_Parse(
      this.#parser,
      piece,
      piece.length,
      Number(isLast),
    );
    if (status === XML_STATUS_OK) return;
    const code = c.XML_GetErrorCode(this.#parser);
    const reason = fromCString(c.XML_ErrorString(code));
    throw new ClientError("XML_Parse", code, reason);
  }

  /** Frees the parser and all its memory. */
  [Symbol.dispose](): void {
    expat().XML_ParserFree(this.#parser);
    for (const handler of this.#handlers) handler.close();
  }
}

/** `XML_Memory_Handling_Suite`: three pointers. */
function memorySuite({ bindings }: ClientHeap): BigUint64Array<ArrayBuffer> {
  const { malloc, realloc, free } = bindings;
  return BigUint64Array.from(
    [malloc, realloc, free],
    (method) => Deno.UnsafePointer.value(method),
  );
}
