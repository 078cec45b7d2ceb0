// A Worker in which C keeps memory until the thread ends. It closes itself when it is
// told to.
import { keepBlocks } from "../support/keep_blocks.ts";

self.addEventListener("message", (event) => {
  const { data } = event as MessageEvent<{ path: string; closes: boolean }>;
  keepBlocks(data.path);
  if (data.closes) self.close();
  else (self as unknown as Worker).postMessage("kept");
});
