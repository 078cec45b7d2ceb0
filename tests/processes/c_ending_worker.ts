// A Worker in which C keeps memory until the thread ends. It closes itself when it is
// told to.
import { keepBlocks } from "../support/keep_blocks.ts";

self.addEventListener("message", (event) => {
  const { data } = event as MessageEvent<string>;
  if (data === "close") return self.close();
  keepBlocks(data);
  (self as unknown as Worker).postMessage("kept");
});
