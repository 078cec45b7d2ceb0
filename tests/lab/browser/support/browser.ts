import { assertEquals } from "@std/assert";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { isGranted } from "../../../support/permissions.ts";

const CHROMIUM = "/usr/bin/chromium";
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The library that drives the browser looks at files that Deno shows only with this. */
const PERMISSIONS = [
  "env",
  "ffi",
  "net",
  "read",
  "run",
  "sys",
  "write",
] as const;

/** How a page is opened: the viewport, light or dark, with or without touch. */
export type OpenOptions = BrowserContextOptions;

/** A browser that a test opens pages in. */
export interface TestBrowser {
  /** Saves a page as a file, and opens the file; waits until it is unpacked. */
  open(html: string, options?: OpenOptions): Promise<Page>;
  /** Saves a page as a file, and opens the file without waiting until it is unpacked. */
  openOnly(html: string, options?: OpenOptions): Promise<Page>;
}

/**
 * Registers a test that opens pages in Chromium. It fails if one of them writes
 * an error to the console, or loads anything but itself. Without the permissions
 * or without Chromium it is reported as ignored, and its name says what is missing.
 */
export function browserTest(
  name: string,
  fn: (browser: TestBrowser) => Promise<void>,
): void {
  const reason = whatIsMissing();
  Deno.test({
    name: reason === undefined ? name : `${name} [left out: ${reason}]`,
    ignore: reason !== undefined,
    // The browser is the same for all tests: it outlives each of them.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => runWithBrowser(fn),
  });
}

/** Ends the browser that the tests of a file had opened. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

let browser: Promise<Browser> | undefined;

async function launch(): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  return await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

function whatIsMissing(): string | undefined {
  const isAllowed = PERMISSIONS.every((name) => isGranted({ name }));
  if (!isAllowed) return "needs --allow-all: deno task test-browser";
  try {
    Deno.statSync(CHROMIUM);
    return undefined;
  } catch {
    return `needs ${CHROMIUM}`;
  }
}

async function runWithBrowser(
  fn: (browser: TestBrowser) => Promise<void>,
): Promise<void> {
  const problems: string[] = [];
  const folder = await Deno.makeTempDir();
  const contexts: { close(): Promise<void> }[] = [];
  const openOnly = async (html: string, options: OpenOptions = {}) => {
    const context = await (await (browser ??= launch())).newContext(options);
    contexts.push(context);
    const page = await context.newPage();
    noteProblems(page, problems);
    const file = `${folder}/report-${contexts.length}.html`;
    await Deno.writeTextFile(file, html);
    await page.goto(`file://${file}`, { waitUntil: "domcontentloaded" });
    return page;
  };
  try {
    await fn({
      openOnly,
      open: async (html, options) => {
        const page = await openOnly(html, options);
        await page.waitForSelector("body[data-state=ready]");
        return page;
      },
    });
  } finally {
    for (const context of contexts) await context.close();
    await Deno.remove(folder, { recursive: true });
  }
  assertEquals(problems, [], "what the page complained of or loaded");
}

function noteProblems(page: Page, problems: string[]): void {
  page.on("pageerror", ({ message }) => problems.push(message));
  page.on("console", (message) => {
    const isProblem = ["error", "warning"].includes(message.type());
    if (isProblem) problems.push(`${message.type()}: ${message.text()}`);
  });
  page.on("request", (request) => {
    const url = request.url();
    const isOwn = request.isNavigationRequest() || url.startsWith("data:");
    if (!isOwn) problems.push(`loaded ${url}`);
  });
}
