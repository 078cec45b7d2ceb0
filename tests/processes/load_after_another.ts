// Loads a library as another isolate would have done, and then that of osmem. Prints what
// that is opened by.
import { libraryPath } from "../../ffi/library.ts";

const [path] = Deno.args as [string];
Deno.dlopen(path, {});
console.log(libraryPath());
