// Where a library that was built is looked for: only in a folder with osmem's source.
import { assertEquals } from "@std/assert";
import { builtLibrary } from "../../ffi/library.ts";

Deno.test("the library that was built lies beside the modules", () => {
  assertEquals(
    builtLibrary("file:///home/me/osmem/ffi/library.ts", false),
    "/home/me/osmem/native/libosmem.so",
  );
});

Deno.test("a folder's name may have characters that URLs escape", () => {
  assertEquals(
    builtLibrary("file:///my%20work/50%25/ffi/library.ts", false),
    "/my work/50%/native/libosmem.so",
  );
});

const ELSEWHERE = {
  "a bundle": "file:///srv/app/dist/app.js",
  "a bundle of the same name": "file:///srv/app/dist/library.ts",
  "a bundle whose name ends like it": "file:///srv/my_ffi/library.ts",
  "a module from the web": "https://example.org/osmem/ffi/library.ts",
  "a bundle in memory": "blob:null/8a6cde9e-2e5f-4b0a-8d1b-0c5a1ffb7d42",
};

for (const [what, url] of Object.entries(ELSEWHERE)) {
  Deno.test(`${what} has no built library beside it`, () => {
    assertEquals(builtLibrary(url, false), undefined);
  });
}

Deno.test("a program that deno compile made has no built library beside it", () => {
  const url = "file:///tmp/deno-compile-app/osmem/ffi/library.ts";
  assertEquals(builtLibrary(url, true), undefined);
});
