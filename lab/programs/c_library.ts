/** The C library, which this process has loaded already. */
export const C_LIBRARY = "libc.so.6";
