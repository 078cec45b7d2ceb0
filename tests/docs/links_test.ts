// Every link of every page leads somewhere, and every page is led to.
import { assert, assertEquals, fail } from "@std/assert";
import { ROOT } from "../support/command.ts";
import { gatedTest } from "../support/permissions.ts";
import { type Page, readPages } from "./pages.ts";

/** A test that needs the text of all pages. */
function test(
  name: string,
  fn: (pages: readonly Page[]) => void | Promise<void>,
): void {
  gatedTest({
    name: `documentation: ${name}`,
    needs: [{ name: "read" }],
    fn: async () => await fn(await readPages()),
  });
}

/** The links of a page that stay in the repository: the file, and the anchor in it. */
function linksWithin(page: Page) {
  return page.links.filter(({ url }) => !url.includes("://")).map((
    { place, url },
  ) => {
    const target = new URL(url, new URL(page.path, ROOT));
    const file = decodeURIComponent(target.pathname);
    return { place, url, file, anchor: target.hash.slice(1) };
  });
}

test("every link leads to a file or a folder", async (pages) => {
  const links = pages.flatMap(linksWithin);
  assert(links.length > 0);
  const root = decodeURIComponent(ROOT.pathname);
  for (const { place, url, file } of links) {
    assert(file.startsWith(root), `${place}: ${url} leaves the repository`);
    await Deno.stat(file).catch(() => fail(`${place}: no ${url}`));
  }
});

test("every link to a heading leads to one", (pages) => {
  const anchors = new Map(
    pages.map((page) => [
      decodeURIComponent(new URL(page.path, ROOT).pathname),
      page.anchors,
    ]),
  );
  const links = pages.flatMap(linksWithin).filter(({ anchor }) =>
    anchor !== ""
  );
  assert(links.length > 0);
  for (const { place, url, file, anchor } of links) {
    assert(anchors.get(file)?.has(anchor), `${place}: no heading ${url}`);
  }
});

test("every picture has a description", (pages) => {
  const pictures = pages.flatMap((page) => page.links)
    .filter(({ description }) => description !== undefined);
  assert(pictures.length > 0);
  assertEquals(pictures.filter(({ description }) => description === ""), []);
});

test("the README leads to every page, directly or not", (pages) => {
  const byFile = new Map(
    pages.map((page) => [
      decodeURIComponent(new URL(page.path, ROOT).pathname),
      page,
    ]),
  );
  const start = pages.find(({ path }) => path === "README.md")!;
  const reached = new Set([start]);
  for (const page of reached) {
    for (const { file } of linksWithin(page)) {
      const next = byFile.get(file);
      if (next) reached.add(next);
    }
  }
  assertEquals(
    pages.filter((page) => !reached.has(page)).map(({ path }) => path),
    [],
  );
});
