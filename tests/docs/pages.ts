import GithubSlugger from "github-slugger";
import { fromMarkdown } from "mdast-util-from-markdown";
import { ROOT } from "../support/command.ts";

type Tree = ReturnType<typeof fromMarkdown>;
type Node = Tree | Tree["children"][number];

/** Where pages are: these files, and every Markdown file of these folders. */
const FILES = ["README.md", "CHANGELOG.md", "examples/traces/README.md"];
const FOLDERS = ["docs/", "heap/", "model/"];

/** A code block of a page. */
export interface CodeBlock {
  /** Where it is, as in `docs/lab.md:12`. */
  readonly place: string;
  /** What follows the three backticks: its language. */
  readonly language: string;
  /** What follows the language, if anything does. */
  readonly meta: string | undefined;
  /** Its lines, each ended by a line feed. */
  readonly text: string;
  /** The code block right after this one, with nothing in between. */
  readonly after: CodeBlock | undefined;
}

/** A link or a picture of a page. */
export interface Link {
  /** Where it is, as in `docs/lab.md:12`. */
  readonly place: string;
  /** Where it leads, as it is written. */
  readonly url: string;
  /** The description of a picture; links have none. */
  readonly description: string | undefined;
}

/** A page of the documentation. */
export class Page {
  /** Its path from the repository's folder. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
  readonly #tree: Tree;

  /**
   * @param path Its path from the repository's folder.
   * @param text Its text.
   */
  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.#tree = fromMarkdown(text);
  }

  /** Its code blocks, in order. */
  get codeBlocks(): CodeBlock[] {
    return [...this.#codeBlocksIn(this.#tree)];
  }

  /** Its links and pictures, in order. */
  get links(): Link[] {
    return descendants(this.#tree).flatMap((node): Link[] => {
      if (node.type === "link") {
        return [{
          place: this.#placeOf(node),
          url: node.url,
          description: undefined,
        }];
      }
      if (node.type === "image") {
        return [{
          place: this.#placeOf(node),
          url: node.url,
          description: node.alt ?? "",
        }];
      }
      return [];
    });
  }

  /** The anchors of its headings. */
  get anchors(): Set<string> {
    const slugger = new GithubSlugger();
    const headings = descendants(this.#tree).filter(({ type }) =>
      type === "heading"
    );
    return new Set(headings.map((node) => slugger.slug(textOf(node))));
  }

  /** The text in between this heading and the next one of its rank or above. */
  section(heading: string): string {
    const { children } = this.#tree;
    const start = children.findIndex((node) =>
      node.type === "heading" && textOf(node) === heading
    );
    const first = children[start];
    if (first?.type !== "heading") {
      throw new Error(`${this.path} has no heading "${heading}"`);
    }
    const next = children.find((node, index) =>
      index > start && node.type === "heading" && node.depth <= first.depth
    );
    return this.text.slice(
      first.position!.end.offset,
      next?.position?.start.offset,
    );
  }

  *#codeBlocksIn(node: Node): Generator<CodeBlock> {
    if (!("children" in node)) return;
    let after: CodeBlock | undefined;
    const blocks: CodeBlock[] = [];
    for (const child of node.children.toReversed()) {
      if (child.type !== "code") {
        after = undefined;
        blocks.push(...[...this.#codeBlocksIn(child)].toReversed());
        continue;
      }
      after = {
        place: this.#placeOf(child),
        language: child.lang ?? "",
        meta: child.meta ?? undefined,
        text: `${child.value}\n`,
        after,
      };
      blocks.push(after);
    }
    yield* blocks.toReversed();
  }

  #placeOf({ position }: Node): string {
    return `${this.path}:${position!.start.line}`;
  }
}

/** Reads every page of the documentation. */
export async function readPages(): Promise<Page[]> {
  const paths = [...FILES];
  for (const folder of FOLDERS) {
    for await (const { name } of Deno.readDir(new URL(folder, ROOT))) {
      if (name.endsWith(".md")) paths.push(folder + name);
    }
  }
  return await Promise.all(paths.sort().map(readPage));
}

/** Reads one page of the documentation. */
export async function readPage(path: string): Promise<Page> {
  return new Page(path, await Deno.readTextFile(new URL(path, ROOT)));
}

function descendants(node: Node): Node[] {
  if (!("children" in node)) return [];
  return node.children.flatMap((child) => [child, ...descendants(child)]);
}

function textOf(node: Node): string {
  if ("children" in node) return node.children.map(textOf).join("");
  return "value" in node ? node.value : "";
}
