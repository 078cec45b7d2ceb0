import { assertEquals, assertRejects } from "@std/assert";
import { CheckError } from "../../../lab/checker/read_reference.ts";
import { findTests } from "../../../lab/checker/find_tests.ts";
import { gatedTest } from "../../support/permissions.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** Makes these empty files first. */
function test(
  name: string,
  files: readonly string[],
  fn: (folder: string) => Promise<void>,
): void {
  gatedTest({
    name: `findTests() ${name}`,
    needs: [{ name: "read" }, { name: "write" }],
    fn: () =>
      inTemporaryFolder(async (folder) => {
        for (const file of files) {
          await Deno.writeTextFile(`${folder}/${file}`, "");
        }
        await fn(folder);
      }),
  });
}

test(
  "finds the traces of a folder in the order of their names",
  ["b.ref", "b.so", "a.ref", "c.ref", "c.c", "c.so", "d.c", "e.txt"],
  async (folder) => {
    const expected = [
      { name: "a", reference: `${folder}/a.ref`, program: undefined },
      { name: "b", reference: `${folder}/b.ref`, program: `${folder}/b.so` },
      { name: "c", reference: `${folder}/c.ref`, program: `${folder}/c.c` },
    ];
    for (const name of [folder, `${folder}/`, `${folder}//`]) {
      assertEquals(await findTests([name]), {
        tests: expected,
        withoutReference: [`${folder}/d.c`],
      });
    }
  },
);

test(
  "takes a trace alone where it is named, though its program lies beside it",
  ["a.ref", "a.c"],
  async (folder) => {
    const { tests } = await findTests([`${folder}/a.ref`]);
    assertEquals(tests.map(({ program }) => program), [undefined]);
  },
);

test(
  "takes the program that is named",
  ["a.ref", "a.c", "a.so"],
  async (folder) => {
    const { tests } = await findTests([`${folder}/a.so`, `${folder}/a.c`]);
    assertEquals(
      tests.map(({ program }) => program),
      [`${folder}/a.so`, `${folder}/a.c`],
    );
  },
);

test("finds nothing where nothing is named", [], async () => {
  assertEquals(await findTests([]), { tests: [], withoutReference: [] });
});

for (
  const [name, problem] of [
    ["none.ref", "no such file or folder"],
    ["b.c", "has no reference trace: .*b\\.ref is missing"],
    ["c.txt", "expected a folder, a reference trace \\(\\.ref\\)"],
    ["", "contains no reference trace \\(\\.ref\\)"],
  ] as const
) {
  test(`refuses "${name}"`, ["b.c", "c.txt"], async (folder) => {
    const error = await assertRejects(
      () => findTests([`${folder}/${name}`]),
      CheckError,
      `${folder}/${name}: `,
    );
    assertEquals(new RegExp(problem).test(error.message), true, error.message);
  });
}
