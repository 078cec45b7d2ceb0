import { openProgram } from "../programs/open_program.ts";
import { openProgramHeap } from "../programs/program_heap.ts";
import { runProgram } from "../programs/run_program.ts";
import { policyIn } from "./policy_options.ts";
import type { ProgramOptions } from "./program_options.ts";
import { reportProgram } from "./report_program.ts";

/** Told what a program does. */
export interface ProgramObserver {
  /** Given the lines of each call, as the course's checker writes them. It must not throw. */
  readonly onCall: (lines: string) => void;
  /** It is loaded, and about to run. */
  readonly onStart: () => void;
  /** The program has ended. */
  readonly onExit: (status: number) => void;
}

const FAILED = 1;

/**
 * Runs a C program on a new heap. It ends the process with the program's exit status.
 *
 * @param file The program.
 * @param args What is given to it.
 * @param options How to run it.
 * @param observer Told what it does.
 * @throws {ProgramError} If it cannot be compiled or loaded.
 */
export async function runProgramCommand(
  file: string,
  args: readonly string[],
  options: ProgramOptions,
  observer?: ProgramObserver,
): Promise<never> {
  const isRecorded = options.leaks || options.stats ||
    options.output !== undefined;
  const opened = openProgramHeap({
    memory: options.memory,
    policy: policyIn(options),
    title: isRecorded ? file : undefined,
    onCall: observer?.onCall,
  });
  const load = async () => {
    const main = await openProgram(file, options); // its constructors may allocate
    observer?.onStart();
    return main;
  };
  return await runProgram(load, [file, ...args], (status) => {
    finish(() => {
      observer?.onExit(status);
      reportProgram(opened, options);
    });
  });
}

/** Nobody can catch what is thrown while a process ends. */
function finish(action: () => void): void {
  try {
    action();
  } catch (error) {
    console.error(
      error instanceof Error ? `osmem: ${error.message}` : String(error),
    );
    Deno.exit(FAILED);
  }
}
