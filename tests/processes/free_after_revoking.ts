// Frees a wrong address when the permission to use the library anew was revoked.
import { Heap } from "../../mod.ts";

const heap = new Heap();
heap.malloc(8);
Deno.permissions.revokeSync({ name: "ffi" });
try {
  heap.free(4);
} catch (error) {
  console.log((error as Error).name);
}
