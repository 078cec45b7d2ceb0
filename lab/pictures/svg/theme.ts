/** The class that every picture has, so that its style concerns nothing else on a page. */
export const ROOT_CLASS = "osmem-picture";

/** What a class looks like on a light page and on a dark one. */
interface Look {
  /** The properties that change: their values on a light page, on a dark one. */
  readonly colours: Readonly<Record<string, readonly [string, string]>>;
  /** Properties that do not change. */
  readonly others?: string;
}

const TEXT = ["#1f2328", "#e6edf3"] as const;
const PAGE = ["#ffffff", "#0d1117"] as const;
const QUIET = ["#59636e", "#9198a1"] as const;
const USED = ["#4ac26b", "#2ea043"] as const;
const MAPPED = ["#80ccff", "#1f6feb"] as const;
const GROWTH = ["#8250df", "#d2a8ff"] as const;
const MARK = ["#bc4c00", "#f0883e"] as const;
const FREE = ["#e3e8ee", "#2a313b"] as const;

/** Keeps text readable where lines pass behind it. */
const HALO = "stroke-width: 3; paint-order: stroke; stroke-linejoin: round";

const LOOKS: Readonly<Record<string, Look>> = {
  text: {
    colours: { fill: TEXT },
    others: "font: 11px system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif",
  },
  ".page": { colours: { fill: PAGE } },
  ".heading": { colours: {}, others: "font-size: 15px; font-weight: 600" },
  ".quiet": { colours: { fill: QUIET } },
  ".used": { colours: { fill: USED } },
  ".header": { colours: { fill: ["#116329", "#7ee787"] } },
  ".free": { colours: { fill: FREE } },
  ".free-header": { colours: { fill: ["#8c959f", "#6e7681"] } },
  ".mapping": { colours: { fill: MAPPED } },
  ".mapping-header": { colours: { fill: ["#0550ae", "#a5d6ff"] } },
  ".cut": { colours: { stroke: QUIET }, others: "fill: none" },
  ".gap": { colours: { fill: ["#ffdfb6", "#5a3a1a"] } },
  ".box": { colours: { stroke: PAGE }, others: "stroke-width: 0.75" },
  ".last": {
    colours: { stroke: MARK },
    others: "fill: none; stroke-width: 2",
  },
  ".inside": {
    colours: { fill: ["#02280f", "#ffffff"] },
    others: "font-size: 10px; pointer-events: none",
  },
  ".axis": { colours: { stroke: QUIET }, others: "fill: none" },
  ".grid": {
    colours: { stroke: ["#d1d9e0", "#3d444d"] },
    others: "stroke-width: 0.5",
  },
  ".break": {
    colours: { stroke: TEXT },
    others: "fill: none; stroke-width: 1.5",
  },
  ".growth": { colours: { fill: GROWTH, stroke: PAGE } },
  ".growth-text": { colours: { fill: GROWTH, stroke: PAGE }, others: HALO },
  ".mark": {
    colours: { stroke: MARK },
    others: "stroke-dasharray: 3 2",
  },
  ".mark-text": { colours: { fill: MARK, stroke: PAGE }, others: HALO },
};

/** The style of every picture: it suits a light page and a dark one. */
export const STYLE: string = [
  ...rules(0, true),
  "@media (prefers-color-scheme: dark) {",
  ...rules(1, false),
  "}",
].join("\n");

function rules(scheme: 0 | 1, withOthers: boolean): string[] {
  return Object.entries(LOOKS).flatMap(([selector, { colours, others }]) => {
    const properties = Object.entries(colours).map(
      ([name, values]) => `${name}: ${values[scheme]}`,
    );
    if (withOthers && others) properties.push(others);
    if (properties.length === 0) return [];
    return [`.${ROOT_CLASS} ${selector} { ${properties.join("; ")} }`];
  });
}
