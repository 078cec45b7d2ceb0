import { assertEquals } from "@std/assert";
import { parseArguments } from "./arguments.ts";

Deno.test("without arguments everything is run with all permissions that tests need", () => {
  const { permissions, ...others } = parseArguments([]);
  assertEquals(others, {
    paths: [],
    ignored: [],
    isChecked: true,
    options: [],
  });
  assertEquals(permissions.length, 6);
});

Deno.test("paths, permissions and options may stand in any order", () => {
  const args = [
    ...["./tests/heap/", "--filter", "a b", "--allow-ffi", "--no-check"],
    ...["--ignore=tests/lab,tests/docs/", "--fail-fast", "README.md"],
  ];
  assertEquals(parseArguments(args), {
    paths: ["tests/heap", "README.md"],
    ignored: ["tests/lab", "tests/docs"],
    isChecked: false,
    permissions: ["--allow-ffi"],
    options: ["--filter=a b", "--fail-fast"],
  });
});
