/** How users compile a program themselves. */
export const COMPILE_COMMAND = "cc -shared -fPIC … -losmem";
