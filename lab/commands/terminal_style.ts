import { COLOURS, PLAIN } from "../pictures/palette.ts";
import type { ReportOptions } from "../pictures/report.ts";
import { terminalWidth } from "./terminal.ts";

/** How to write for standard output. */
export interface TerminalStyle extends ReportOptions {
  /** Whether in colour. */
  readonly colour: boolean;
}

/** How to write for standard output: in colour on a terminal, plain elsewhere. */
export function terminalStyle(): TerminalStyle {
  const colour = Deno.stdout.isTerminal() && !Deno.noColor;
  return {
    width: terminalWidth(),
    colour,
    palette: colour ? COLOURS : PLAIN,
  };
}
