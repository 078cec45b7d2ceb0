/** Every function of `native/osmem.h`, each argument with its name there. */
export const SYMBOLS = {
  osmem_abi: { parameters: [], result: "u32" },
  osmem_page_size: { parameters: [], result: "u32" },
  osmem_sbrk: {
    parameters: ["f64"], // double increment
    result: "f64", // previous break, or a negated error number
  },
  osmem_mmap: {
    parameters: [
      "f64", // double length
      "u32", // uint32_t reserve
    ],
    result: "f64", // address, or a negated error number
  },
  osmem_munmap: {
    parameters: [
      "f64", // double address
      "f64", // double length
    ],
    result: "i32", // 0, or a negated error number
  },
  osmem_pointer: {
    parameters: ["f64"], // double address
    result: "pointer",
  },
  osmem_address: {
    parameters: ["pointer"], // void *pointer
    result: "f64",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** `OSMEM_ABI` of the `native/osmem.h` that {@linkcode SYMBOLS} describes. */
export const ABI = 1;
