// Ends while an allocation is out, and somebody waits for it.
import { Heap } from "../../mod.ts";

const heap = new Heap();
heap.transfer(heap.allocate(8));
heap.transfersReturned().then(() => console.log("returned"));
console.log("out");
