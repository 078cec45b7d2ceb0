/**
 * Every function of `native/system.h`, each argument with its name there. All programs need
 * them, and to find each takes time when a program starts.
 */
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

/**
 * Those that few programs need: every function of `native/bindings.h`, `native/hook.h` and
 * `native/exit.h`, and one of `native/owners.h`.
 */
export const EXTRA_SYMBOLS = {
  osmem_bind: {
    parameters: [
      "function", // osmem_answer *malloc
      "function", // osmem_answer *calloc
      "function", // osmem_answer *realloc
      "function", // osmem_answer *free
      "function", // osmem_answer *usable_size
      "f64", // double stack_limit
    ],
    result: "i32", // place, or -1
  },
  osmem_hear_of_null: {
    parameters: ["i32"], // int32_t place
    result: "void",
  },
  osmem_unbind: {
    parameters: ["i32"], // int32_t place
    result: "void",
  },
  osmem_function: {
    parameters: [
      "i32", // int32_t place
      "u32", // uint32_t function
    ],
    result: "function",
  },
  osmem_serve: {
    parameters: ["i32"], // int32_t place, or -1
    result: "void",
  },
  osmem_argument: {
    parameters: [
      "i32", // int32_t place
      "u32", // uint32_t index
    ],
    result: "u64",
  },
  osmem_refused: {
    parameters: [
      "i32", // int32_t place
      "u32", // uint32_t reason
    ],
    result: "u32",
  },
  osmem_stack_position: { parameters: [], result: "f64" },
  osmem_stack_end: { parameters: [], result: "f64" },
  osmem_make_hook: {
    parameters: [
      "i32", // int32_t place
      "function", // osmem_hook_body *body
    ],
    result: "function", // or NULL
  },
  osmem_at_exit: {
    parameters: [
      "function", // osmem_exit_action *action
      "f64", // double stack_limit
    ],
    result: "i32", // 0, or a negated error number
  },
  osmem_is_of_another: {
    parameters: ["f64"], // double address
    result: "u32", // 1 or 0
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** `OSMEM_ABI` of the `native/system.h` that goes with this. */
export const ABI = 5;
