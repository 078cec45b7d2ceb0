import type { FirstDifference } from "../first_difference.ts";
import { formatCount } from "../../pictures/units.ts";
import { escapeHtml, escapeJson } from "./escape.ts";
import { runHtml, type RunPart } from "./run_html.ts";
import { helpHtml, stepperHtml } from "./stepper_html.ts";

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
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body data-runs="${runs.length}" data-state="loading">
<header class="page-head">
<h1>${escapeHtml(title)}</h1>
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
    escapeHtml(text)
  } <button type="button" data-difference>Go there</button></p>`;
}

function dataHtml(base64: string, index: number): string {
  return `<script type="application/octet-stream" id="run-${index}">${base64}</script>`;
}
