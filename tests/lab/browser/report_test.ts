/// <reference lib="dom" />
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import type { Locator, Page } from "playwright-core";
import {
  experiment,
  type Recording,
  writeReportPage,
} from "../../../lab/mod.ts";
import { browserTest, closeBrowser } from "./support/browser.ts";

const HOSTILE = `</script><b id="hostile">"label' & more`;
const PHONE = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
};
const NODES = 20;
const CALLS = NODES + NODES / 2 + 3;

/** Holes of 64 bytes, and then a request that none of them can hold. */
function makeHoles(heap: Recording): void {
  const nodes = Array.from({ length: NODES }, () => heap.malloc(64, "node"));
  heap.mark("every other node is freed");
  nodes.forEach((node, at) => at % 2 === 0 && heap.free(node));
  heap.malloc(128, "too large for a hole");
  heap.malloc(200_000, "mapped buffer");
  heap.malloc(64, HOSTILE);
}

function reportOfHoles(): string {
  return experiment({ title: "holes", preallocate: 0 }, makeHoles).toHTML();
}

function longReport(live: number): string {
  return experiment({ title: "long" }, (heap) => {
    for (let call = 0; call < live; call++) heap.malloc(16 + call % 50);
  }).toHTML();
}

Deno.test.afterAll(closeBrowser);

browserTest("a report can be read before any script runs", async (browser) => {
  const page = await browser.openOnly(reportOfHoles(), {
    javaScriptEnabled: false,
  });
  assertEquals(await page.textContent("h1"), "holes");
  assertStringIncludes(await page.innerText(".figures"), "Peak footprint");
  const overview = page.locator(".timeline .overview");
  assert(await overview.isVisible());
  assertNotEquals((await overview.boundingBox())?.height, 0);
});

browserTest("a report opens at the end of the run", async (browser) => {
  const page = await browser.open(reportOfHoles());
  assertEquals(await callsShown(page), CALLS);
  assertStringIncludes(
    await page.innerText("[data-call]"),
    `call ${CALLS}: malloc(64)`,
  );
});

browserTest(
  "the arrow keys step call by call, with map and lists",
  async (browser) => {
    const page = await browser.open(reportOfHoles());
    const freeBlocks = panel(page, "free").locator("[data-note]");
    await page.keyboard.press("Home");
    assertEquals(await callsShown(page), 0);
    for (let step = 0; step < NODES + 1; step++) {
      await page.keyboard.press("ArrowRight");
    }
    assertEquals(await callsShown(page), NODES + 1);
    await freeBlocks.filter({ hasText: "1 block" }).waitFor();
    await page.keyboard.press("ArrowLeft");
    await freeBlocks.filter({ hasText: "0 blocks" }).waitFor();
    await panel(page, "map").getByText(`after ${NODES} calls`).waitFor();
  },
);

browserTest(
  "Shift steps ten calls or more, Home and End go to the ends",
  async (browser) => {
    const page = await browser.open(reportOfHoles());
    await page.keyboard.press("Home");
    await page.keyboard.press("Shift+ArrowRight");
    assertEquals(await callsShown(page), 10);
    await page.keyboard.press("End");
    assertEquals(await callsShown(page), CALLS);
  },
);

browserTest("the slider and the buttons step", async (browser) => {
  const page = await browser.open(reportOfHoles());
  await page.locator("[data-slider]").fill("5");
  assertEquals(await callsShown(page), 5);
  await page.locator("[data-step=next]").click();
  assertEquals(await callsShown(page), 6);
  await page.locator("[data-step=first]").click();
  assertEquals(await callsShown(page), 0);
});

browserTest(
  "dragging a rectangle zooms the timeline to it, All shows everything",
  async (browser) => {
    const page = await browser.open(reportOfHoles());
    const timeline = panel(page, "timeline");
    const whole = await windowShown(page);
    const { x, y, width, height } = await boxOf(timeline.locator(".stage"));
    await page.mouse.move(x + width * 0.4, y + height * 0.6);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.7, y + height * 0.8, { steps: 4 });
    await page.mouse.up();
    await windowDiffers(page, whole);
    const zoomed = await windowShown(page);
    assert(/^calls 1\d to 2\d, /.test(zoomed), zoomed);
    await timeline.getByRole("button", { name: "Show the whole heap" }).click();
    await timeline.getByText(whole).waitFor();
  },
);

browserTest(
  "the wheel zooms at the pointer, and scrolls where there is nothing to zoom",
  async (browser) => {
    const page = await browser.open(reportOfHoles());
    const whole = await windowShown(page);
    await panel(page, "timeline").locator(".stage").hover();
    await page.mouse.wheel(0, 120);
    await page.waitForFunction(() => scrollY > 0);
    await page.mouse.wheel(0, -120);
    await windowDiffers(page, whole);
  },
);

browserTest(
  "keys zoom the timeline around the current call and show everything",
  async (browser) => {
    const page = await browser.open(reportOfHoles());
    const whole = await windowShown(page);
    await page.keyboard.press("+");
    await windowDiffers(page, whole);
    await page.keyboard.press("-");
    await page.keyboard.press("0");
    await panel(page, "timeline").getByText(whole).waitFor();
  },
);

browserTest(
  "stepping out of a zoomed timeline takes it along",
  async (browser) => {
    const page = await browser.open(reportOfHoles());
    for (let press = 0; press < 3; press++) await page.keyboard.press("+");
    await page.keyboard.press("Home");
    await panel(page, "timeline").getByText(/^calls 0 to /).waitFor();
  },
);

browserTest(
  "pointing at a block in the timeline tells what it is",
  async (browser) => {
    const page = await browser.open(reportOfHoles());
    const { x, y, width, height } = await boxOf(
      panel(page, "timeline").locator(".stage"),
    );
    await page.mouse.move(x + width * 0.55, y + height - 24);
    const tooltip = page.locator(".tooltip");
    await tooltip.getByText("Block 0: node").waitFor();
    const facts = await tooltip.innerText();
    for (const fact of ["0x", "64 bytes", "call 1: malloc(64)"]) {
      assertStringIncludes(facts, fact);
    }
  },
);

browserTest(
  "pointing at a block in the map and in the list tells what it is",
  async (browser) => {
    const page = await browser.open(reportOfHoles());
    const tooltip = page.locator(".tooltip");
    const stage = panel(page, "map").locator(".stage");
    await stage.hover({ position: { x: 80, y: 10 } });
    await tooltip.getByText(/Block 2\d/).waitFor();
    await blockListShown(page);
    await panel(page, "blocks").getByText("mapped buffer").hover();
    await tooltip.getByText("a mapping").waitFor();
  },
);

browserTest(
  "with the focus in a list or a picture, the arrow keys go from block to block",
  async (browser) => {
    const page = await browser.open(reportOfHoles());
    const selected = panel(page, "map").locator("[data-selected]");
    await panel(page, "blocks").getByRole("grid").focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowUp");
    await page.locator(".tooltip").getByText("Size").waitFor();
    await panel(page, "map").locator(".stage").focus();
    const before = await selected.innerText();
    await page.keyboard.press("ArrowDown");
    await selected.filter({ hasNotText: before }).waitFor();
    assertMatch(await selected.innerText(), /^(Block|Free block)/);
  },
);

browserTest(
  "every growth says why, and choosing one goes to its call",
  async (browser) => {
    const page = await browser.open(reportOfHoles());
    const growths = panel(page, "growths");
    const scattered = growths.getByRole("row").filter({ hasText: "scattered" });
    assertStringIncludes(
      await scattered.innerText(),
      "It needed 128 bytes; 640 bytes were free, but scattered: " +
        "the largest free block had 64.",
    );
    await scattered.click();
    assertEquals(await callsShown(page), NODES + NODES / 2 + 1);
    await page.keyboard.press("Shift+G");
    assertEquals(await callsShown(page), NODES);
  },
);

browserTest(
  "choosing a mark goes there, and so does its key",
  async (browser) => {
    const page = await browser.open(reportOfHoles());
    await panel(page, "marks").getByText("every other node is freed").click();
    assertEquals(await callsShown(page), NODES);
    await page.keyboard.press("Home");
    await page.keyboard.press("m");
    assertEquals(await callsShown(page), NODES);
  },
);

browserTest(
  "charts follow the timeline, and a click on one goes there",
  async (browser) => {
    const page = await browser.open(reportOfHoles());
    const chart = page.locator("[data-chart=memory] .u-over");
    await chart.scrollIntoViewIfNeeded();
    const { width } = await boxOf(chart);
    await chart.click({ position: { x: width / 2, y: 20 } });
    assertEquals(await callsShown(page), Math.floor((CALLS + 1) / 2));
  },
);

browserTest("histograms count sizes and lifetimes", async (browser) => {
  const page = await browser.open(reportOfHoles());
  const sizes = await page.innerText("[data-histogram=sizes]");
  assertStringIncludes(sizes.replaceAll(/\s+/g, " "), `≤ 64 B ${NODES + 1}`);
  const lifetimes = await page.innerText("[data-histogram=lifetimes]");
  assertStringIncludes(
    lifetimes.replaceAll(/\s+/g, " "),
    "13 blocks never freed ≤ 16 6 ≤ 32 4",
  );
});

browserTest(
  "two runs step together, and the first difference is found",
  async (browser) => {
    const page = await browser.open(writeReportPage([
      experiment({ title: "best", preallocate: 0 }, makeHoles),
      experiment({ title: "never maps", mmapThreshold: Infinity }, makeHoles),
    ]));
    assertStringIncludes(
      await page.innerText(".difference"),
      `First difference: call ${
        CALLS - 1
      }. malloc(200000) returns a mapping in A; in B it returns offset`,
    );
    await page.getByRole("button", { name: "Go there" }).click();
    assertEquals(await callsShown(page), CALLS - 1);
    const notes = page.locator("[data-panel=map] [data-note]");
    for (const note of await notes.all()) {
      await note.getByText(`after ${CALLS - 1} calls`).waitFor();
    }
    assertEquals(await page.locator("[data-call] span").count(), 2);
  },
);

browserTest(
  "a whole report can be used with the keyboard alone",
  async (browser) => {
    const page = await browser.open(reportOfHoles());
    const seen: string[] = [];
    for (let press = 0; press < 30; press++) {
      await page.keyboard.press("Tab");
      seen.push(await page.evaluate(describeFocus));
    }
    for (
      const name of [
        "Timeline",
        "Heap map",
        "Why the heap grew",
        "Blocks",
        "Free list",
        "Marks",
        "Calls made",
      ]
    ) {
      assert(seen.some((text) => text.includes(name)), `${name} in ${seen}`);
    }
    assert(seen.every((text) => !text.endsWith("none 0px")), seen.join("\n"));
  },
);

browserTest(
  "on a phone nothing sticks out, and a tap tells what a block is",
  async (browser) => {
    const page = await browser.open(reportOfHoles(), PHONE);
    assert(await page.evaluate(() => document.body.scrollWidth <= innerWidth));
    const timeline = panel(page, "timeline").locator(".stage");
    const { height } = await boxOf(timeline);
    await timeline.tap({ position: { x: 200, y: height - 24 } });
    await page.locator(".tooltip").getByText("Block 0: node").waitFor();
    const stage = panel(page, "map").locator(".stage");
    await stage.tap({ position: { x: 80, y: 10 } });
    await panel(page, "map").locator("[data-selected]").getByText(
      /^Block 0: node/,
    )
      .waitFor();
  },
);

browserTest(
  "on a phone two fingers zoom the timeline and one steps through it",
  async (browser) => {
    const page = await browser.open(reportOfHoles(), PHONE);
    const stage = panel(page, "timeline").locator(".stage");
    await stage.scrollIntoViewIfNeeded();
    const whole = await windowShown(page);
    const { x, y, width, height } = await boxOf(stage);
    const middle = y + height / 3;
    await drag(page, [[[x + width * 0.8, middle]], [[x + width / 2, middle]]]);
    assertNotEquals(await callsShown(page), CALLS);
    await drag(page, [
      [[x + width * 0.4, middle], [x + width * 0.6, middle + 60]],
      [[x + width * 0.3, middle - 40], [x + width * 0.8, middle + 100]],
    ]);
    await windowDiffers(page, whole);
  },
);

browserTest(
  "a report is dark where the system is, and the button changes that",
  async (browser) => {
    const page = await browser.open(reportOfHoles(), { colorScheme: "dark" });
    const dark = await backgroundOf(page);
    const button = page.locator("[data-theme-button]");
    await button.click();
    assertEquals(await button.textContent(), "Light");
    assertNotEquals(await backgroundOf(page), dark);
    await button.click();
    assertEquals(await backgroundOf(page), dark);
  },
);

browserTest(
  "labels, marks and titles are shown as they are",
  async (browser) => {
    const title = `<img src=x onerror="alert(1)"> & co`;
    const run = experiment({ title }, (heap) => {
      heap.mark(HOSTILE);
      heap.malloc(8, HOSTILE);
    });
    const page = await browser.open(run.toHTML());
    assertEquals(await page.textContent("h1"), title);
    assertEquals(await page.locator("#hostile, img:not(.overview)").count(), 0);
    for (const name of ["blocks", "marks"]) {
      await panel(page, name).getByText(HOSTILE).waitFor();
    }
  },
);

browserTest(
  "a page whose data are damaged says so, and shows what it can",
  async (browser) => {
    const html = reportOfHoles().replace(
      /(id="run-0">.{40}).{8}/,
      "$1AAAAAAAA",
    );
    const page = await browser.openOnly(html);
    await page.waitForSelector("body[data-state=failed]");
    await panel(page, "timeline").getByText("could not be unpacked").waitFor();
    assert(await page.locator(".figures").isVisible());
  },
);

browserTest("a run without calls says so", async (browser) => {
  const page = await browser.open(
    experiment({ title: "none" }, () => {}).toHTML(),
  );
  assertStringIncludes(await page.innerText("main"), "This run has no calls");
  assertEquals(await page.locator(".stepper").count(), 0);
});

browserTest(
  "a run without calls stands beside one with calls",
  async (browser) => {
    const page = await browser.open(writeReportPage([
      experiment({ title: "none" }, () => {}),
      experiment({ title: "holes" }, makeHoles),
    ]));
    assertStringIncludes(await page.innerText(".difference"), "A ends here");
    await page.keyboard.press("Home");
    assertEquals(await callsShown(page), 0);
  },
);

browserTest(
  "a list of a hundred thousand blocks has only the rows that are seen",
  async (browser) => {
    const page = await browser.open(longReport(100_000));
    const blocks = panel(page, "blocks");
    await blocks.getByText(/^100,00\d blocks/).waitFor();
    await blockListShown(page);
    const list = blocks.getByRole("grid");
    await list.evaluate(async (element) => {
      while (!element.textContent.includes("50,001")) {
        element.scrollTop = 50_000 * 26;
        await new Promise(requestAnimationFrame);
      }
    });
    assert(await blocks.getByRole("row").count() < 60);
  },
);

/** Waits for the block that the list of blocks scrolls to when the page is opened. */
async function blockListShown(page: Page): Promise<void> {
  await panel(page, "blocks").locator("[aria-activedescendant]").waitFor();
}

function panel(page: Page, name: string): Locator {
  return page.locator(`[data-panel=${name}]`);
}

async function callsShown(page: Page): Promise<number> {
  await page.evaluate(() => new Promise(requestAnimationFrame));
  return Number(await page.inputValue("[data-number]"));
}

/** What the timeline says of the part that it shows. */
async function windowShown(page: Page): Promise<string> {
  return await panel(page, "timeline").locator("[data-note]").innerText();
}

async function windowDiffers(page: Page, from: string): Promise<void> {
  await panel(page, "timeline").locator("[data-note]")
    .filter({ hasNotText: from }).waitFor();
}

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  assert(box, "it is not in the page");
  return box;
}

async function backgroundOf(page: Page): Promise<string> {
  return await page.evaluate(() =>
    getComputedStyle(document.body).backgroundColor
  );
}

/** The name of what has the focus, and its outline. */
function describeFocus(): string {
  const focused = document.activeElement ?? document.body;
  const { outlineStyle, outlineWidth } = getComputedStyle(focused);
  const name = focused.getAttribute("aria-label") ?? focused.textContent;
  return `${name} ${outlineStyle} ${outlineWidth}`;
}

type Points = readonly (readonly [x: number, y: number])[];

/** Puts fingers down at the first points, and moves them over the others. */
async function drag(page: Page, path: readonly Points[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const send = (
    type: "touchStart" | "touchMove" | "touchEnd",
    points: Points,
  ) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: points.map(([x, y], id) => ({ x, y, id })),
    });
  await send("touchStart", path[0]!);
  for (const points of path.slice(1)) await send("touchMove", points);
  await send("touchEnd", []);
}
