import { stringify } from "csv-stringify/sync";
import { COMPARED_FIGURES, type ComparisonRow } from "./comparison.ts";

/** A comparison as CSV (RFC 4180), with a line of headings. */
export function comparisonToCsv(rows: readonly ComparisonRow[]): string {
  const [first] = rows;
  const columns = [
    "trace",
    ...Object.keys(first?.policy ?? {}),
    ...Object.keys(COMPARED_FIGURES),
  ];
  const records = rows.map(({ policy, ...row }) => ({ ...row, ...policy }));
  return stringify(records, {
    header: true,
    columns,
    cast: { boolean: String },
  }).trimEnd();
}
