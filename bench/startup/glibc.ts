const { symbols } = Deno.dlopen("libc.so.6", {
  malloc: { parameters: ["usize"], result: "pointer" },
});
symbols.malloc(64n);
