// Bindings that nobody disposes of, and C that frees memory until the very end: the
// program ends in the way that is named.
import { atExit } from "../../heap/c/exit_action.ts";
import { keepBlocks } from "../support/keep_blocks.ts";

const [how, path] = Deno.args;

const ENDINGS: Readonly<Record<string, () => void>> = {
  "returns": () => {},
  "throws": () => {
    throw new Error("on purpose");
  },
  "rejects": () => void Promise.reject(new Error("on purpose")),
  "exits": () => Deno.exit(3),
  "exits from C": () => library.end_process(4),
  "awaits an exit from C": () => {
    atExit((status) => console.log(`exits with ${status}`));
    library.end_process(5);
  },
};

const library = keepBlocks(path!);
ENDINGS[how!]!();
