/** Writes a file that never becomes whole, and says when part of it is written. */
import { writeFile } from "../../lab/commands/output_file.ts";

/** More parts than are made before the file is open. */
const FIRST_PARTS = 1000;

function* forever(): Generator<string> {
  for (let part = 0;; part++) {
    if (part === FIRST_PARTS) console.log("begun");
    yield "and so on";
  }
}

await writeFile(Deno.args[0]!, forever());
