import { SaxesParser, type SaxesTagPlain } from "saxes";

/** An element of an SVG document. */
export interface SVGElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The text directly inside it. */
  text: string;
  /** The text of its `<title>`: what a pointer that rests on it is told. */
  tooltip: string | undefined;
}

/**
 * Every element of an SVG document, in order.
 *
 * @throws {Error} If it is not well-formed XML.
 */
export function parseSVG(svg: string): SVGElement[] {
  const elements: SVGElement[] = [];
  const open: SVGElement[] = [];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }: SaxesTagPlain) => {
    const element = { name, attributes, text: "", tooltip: undefined };
    elements.push(element);
    open.push(element);
  });
  parser.on("text", (text) => {
    const element = open.at(-1);
    if (element) element.text += text;
  });
  parser.on("closetag", () => {
    const element = open.pop();
    const parent = open.at(-1);
    if (element?.name === "title" && parent) parent.tooltip = element.text;
  });
  parser.write(svg).close();
  return elements;
}

/** The elements with a class among theirs. */
export function ofClass(svg: string, name: string): SVGElement[] {
  return parseSVG(svg).filter(({ attributes }) =>
    attributes["class"]?.split(" ").includes(name)
  );
}

/** The texts that a document shows. */
export function textsOf(svg: string): string[] {
  return parseSVG(svg).filter(({ name }) => name === "text")
    .map(({ text }) => text);
}
