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

/** What the keys do, behind a button. */
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
