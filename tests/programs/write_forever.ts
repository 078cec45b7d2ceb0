/** Writes a file that never becomes whole, and says when it has begun. */
import { writeFile } from "../../lab/commands/output_file.ts";

function* forever(): Generator<string> {
  yield "begun";
  console.log("begun");
  for (;;) yield "and so on";
}

await writeFile(Deno.args[0]!, forever());
