/**
 * Checks the imports of every module, those of types included: each goes to a folder
 * that docs/architecture.md allows, and none lies on a circle of more than two files.
 *
 * ```sh
 * deno run --allow-read --allow-run tests/structure/check.ts
 * ```
 *
 * Prints a line for each import that is not allowed, and circles of imports with their
 * files in order until every import on a circle was shown; the exit code is then 1. A
 * folder that is given is checked in place of the project.
 *
 * @module
 */
import { circlesOf, type Import, readImports } from "./imports.ts";
import { problemOf } from "./layers.ts";

function problemsOf(imports: readonly Import[]): string[] {
  const forbidden = imports.flatMap(({ from, to }) => {
    const problem = problemOf(from, to);
    return problem
      ? [`${from} imports ${to}: ${problem} (docs/architecture.md)`]
      : [];
  });
  const circles = circlesOf(imports)
    .map((files) => `circle of imports: ${files.join(" → ")}`);
  return [...forbidden, ...circles];
}

const root = Deno.args[0] ??
  decodeURIComponent(new URL("../..", import.meta.url).pathname);
const problems = problemsOf(await readImports(root));
for (const problem of problems) console.error(problem);
Deno.exit(problems.length > 0 ? 1 : 0);
