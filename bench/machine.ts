import { cpus } from "node:os";

/** What the numbers were measured on. */
export interface Machine {
  /** The processor's name. */
  readonly processor: string;
  /** How many of them the system shows. */
  readonly processors: number;
  /** The architecture, as in `"x86_64"`. */
  readonly architecture: string;
  /** Versions of what runs the code. */
  readonly deno: string;
  /** Versions of what compiles the code. */
  readonly v8: string;
}

/** This machine. Needs `--allow-sys=cpus`. */
export function thisMachine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? "unknown",
    processors: processors.length,
    architecture: Deno.build.arch,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
  };
}
