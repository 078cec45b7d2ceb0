// Four Workers that all raise the program break as fast as they can, each with a
// heap of its own on it. Prints for each how many blocks lost their contents.
import { askWorker } from "./ask_worker.ts";

const WORKERS = [1, 2, 3, 4];

const lost = await Promise.all(
  WORKERS.map((mark) => askWorker<number>("raise_break_worker.ts", mark)),
);
console.log(JSON.stringify(lost));
