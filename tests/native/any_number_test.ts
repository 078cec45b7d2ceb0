// A conversion that C does not define ends the program here, at once.
import { assertEquals } from "@std/assert";
import { gatedTest, toRun } from "../support/permissions.ts";
import { run } from "../support/run_deno.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const PROGRAM = `
#include "owners.h"
#include <math.h>
#include <stdio.h>

int main(void)
{
	const double numbers[] = { NAN, INFINITY, -INFINITY, -1, 0x1p64, 1e300, 0.5, 4096 };

	osmem_own(4096, 4096);
	for (unsigned index = 0; index < sizeof(numbers) / sizeof(*numbers); index++)
		printf("%u", osmem_is_of_another(numbers[index]));
	return 0;
}
`;

const NATIVE = decodeURIComponent(
  new URL("../../native", import.meta.url).pathname,
);

gatedTest({
  name: "osmem_is_of_another() is defined for every number",
  needs: [toRun("cc"), { name: "run" }, { name: "read" }, { name: "write" }],
  fn: () =>
    inTemporaryFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/numbers.c`, PROGRAM);
      const compiled = await run("cc", [
        ...[
          "-fsanitize=float-cast-overflow",
          "-fsanitize-undefined-trap-on-error",
        ],
        ...["-I", NATIVE, "-o", `${folder}/numbers`, `${folder}/numbers.c`],
        ...[`${NATIVE}/owners.c`, `${NATIVE}/thread.c`, "-lpthread"],
      ]);
      assertEquals(compiled.code, 0, compiled.stderr);
      const { code, stdout } = await run(`${folder}/numbers`, []);
      assertEquals([code, stdout], [0, "00000000"]);
    }),
});
