import { assertEquals } from "@std/assert";
import { gatedTest, toRun } from "../../support/permissions.ts";
import { DENO, program, run } from "../../support/run_deno.ts";

gatedTest({
  name:
    "a structure keeps the targets of its values, nested ones too, and a pointer its allocation",
  needs: [toRun(DENO)],
  async fn() {
    const { stdout, stderr } = await run(DENO, [
      ...["run", "--quiet", "--no-prompt", "--allow-ffi"],
      ...["--v8-flags=--expose-gc", program("keep_targets.ts")],
    ]);
    const [kept, forgotten] = stdout.split("\n");
    assertEquals(kept, '["field","nested","first","pointer"] []', stderr);
    assertEquals(
      forgotten,
      '["field","first","nested","pointer","structure"]',
    );
  },
});
