/** What a terminal obeys, or what hides text: control characters, and marks of direction. */
const CONTROLS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** The colours that osmem itself sets. */
const COLOUR = String.raw`\x1b\[[\d;]*m`;
const UNCOLOURED = new RegExp(`${COLOUR}|${CONTROLS.source}`, "gu");

/**
 * A text from outside, such as the name of a file, as it may stand in a line on a
 * terminal: control characters are written as escapes of C.
 *
 * @param text The text.
 */
export function printable(text: string): string {
  return text.replace(CONTROLS, escape);
}

/**
 * Escapes the control characters of a text of several lines. Ends of lines and tabs are
 * kept.
 *
 * @param text The text.
 */
export function printableLines(text: string): string {
  return text.replace(CONTROLS, escapeInLines);
}

/**
 * Escapes the control characters of a text that osmem has coloured. Colours, ends of
 * lines and tabs are kept.
 *
 * @param text The text.
 */
export function printableColours(text: string): string {
  return text.replace(
    UNCOLOURED,
    (found) => found.length > 1 ? found : escapeInLines(found),
  );
}

function escapeInLines(control: string): string {
  return control === "\n" || control === "\t" ? control : escape(control);
}

function escape(control: string): string {
  const code = control.charCodeAt(0);
  const digits = code.toString(16);
  return code <= 0xff
    ? `\\x${digits.padStart(2, "0")}`
    : `\\u${digits.padStart(4, "0")}`;
}
