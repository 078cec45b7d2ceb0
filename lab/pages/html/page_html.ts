import { escape } from "@std/html/entities";
import { formatCount } from "../../words.ts";
import type { FirstDifference } from "../first_difference.ts";
import { runHtml, type RunPart } from "./run_html.ts";

/** Nothing may be loaded: all that the page needs stands in it. */
const SECURITY_POLICY = "default-src 'none'; script-src 'unsafe-inline'; " +
  "style-src 'unsafe-inline'; img-src data:";

/** What a page is made of. */
export interface PageParts {
  readonly title: string;
  readonly runs: readonly RunPart[];
  /** The packed and compressed runs, in base64. */
  readonly packed: readonly string[];
  /** Where two runs differ; `undefined` if they do not, or there is one. */
  readonly difference: FirstDifference | undefined;
  readonly style: string;
  readonly script: string;
}

/** The whole page. What can be read at once stands before what takes time. */
export function pageHtml(parts: PageParts): string {
  const { title, runs, packed, style, script } = parts;
  const mostCalls = Math.max(...runs.map(({ run }) => run.length));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${SECURITY_POLICY}">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body data-runs="${runs.length}" data-state="loading">
<header class="page-head">
<h1>${escape(title)}</h1>
${helpHtml()}
<button type="button" data-theme-button aria-label="Colours: as the system">Auto</button>
</header>
${differenceHtml(parts)}
<main>
${runs.map(runHtml).join("\n")}
</main>
${mostCalls === 0 ? "" : stepperHtml(mostCalls)}
<div class="tooltip" role="tooltip" hidden></div>
${packed.map(dataHtml).join("\n")}
<script type="application/json" id="page">${
    escapeJson({ difference: parts.difference ?? null })
  }</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

function differenceHtml({ runs, difference }: PageParts): string {
  if (runs.length < 2) return "";
  if (!difference) {
    return `<p class="difference">Both runs make the same calls with the same results.</p>`;
  }
  const { call, text } = difference;
  return `<p class="difference"><strong>First difference: call ${
    formatCount(call + 1)
  }.</strong> ${
    escape(text)
  } <button type="button" data-difference>Go there</button></p>`;
}

function dataHtml(base64: string, index: number): string {
  return `<script type="application/octet-stream" id="run-${index}">${base64}</script>`;
}

/** The bar at the bottom that steps through the calls. */
export function stepperHtml(mostCalls: number): string {
  return `<footer class="stepper" aria-label="Step through the calls">
<div class="buttons" role="group" aria-label="Step">
${buttonHtml("first", "Before the first call (Home)", "«")}
${buttonHtml("previous", "One call back (←)", "‹")}
${buttonHtml("next", "One call on (→)", "›")}
${buttonHtml("last", "After the last call (End)", "»")}
</div>
<input type="range" data-slider min="0" max="${mostCalls}" value="${mostCalls}" step="1" aria-label="Calls made">
<label class="number">after <input type="number" data-number inputmode="numeric" min="0" max="${mostCalls}" value="${mostCalls}" aria-label="Calls made"> calls</label>
<output data-call aria-live="polite"></output>
</footer>`;
}

/** The keys and what they do; a button shows them. */
export function helpHtml(): string {
  const rows = [
    ["← →", "one call back or on"],
    ["Shift + ← →", "a hundredth of the run, at least 10 calls"],
    ["Home, End", "before the first call, after the last"],
    ["g, Shift + g", "next and previous raise of the break"],
    ["m, Shift + m", "next and previous mark"],
    ["↑ ↓", "in timeline, map and lists: from block to block"],
    ["+ −", "zoom the timeline around the current call"],
    ["b, 0", "show the blocks, show everything"],
    ["Page Up, Page Down", "in the timeline: higher and lower addresses"],
    ["drag", "in the timeline: zoom to a rectangle; with Shift: move"],
    ["wheel, pinch", "in the timeline: zoom; on an axis, only that one"],
  ].map(([keys, text]) => `<dt>${keys}</dt><dd>${text}</dd>`).join("");
  return `<details class="help"><summary>Keys</summary><dl>${rows}</dl></details>`;
}

function buttonHtml(action: string, title: string, text: string): string {
  return `<button type="button" data-step="${action}" title="${title}" aria-label="${title}">${text}</button>`;
}

/** A value as JSON that cannot end the script element in which it stands. */
export function escapeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
