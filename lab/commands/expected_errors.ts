import {
  CorruptionError,
  LibraryError,
  OutOfMemoryError,
  SystemCallError,
} from "@osmem/osmem";
import { CheckError } from "../checker/read_reference.ts";
import { InterruptedError } from "../processes/interruption.ts";
import { ProcessError } from "../processes/run_processes.ts";
import { ProgramError } from "../programs/program_files.ts";
import { TraceError } from "../traces/trace_error.ts";
import { OutputError } from "./terminal.ts";

/** Errors about the input or the machine, not about osmem's own code. */
const EXPECTED_ERRORS = [
  TraceError,
  CheckError,
  CorruptionError,
  InterruptedError,
  LibraryError,
  OutOfMemoryError,
  OutputError,
  ProcessError,
  ProgramError,
  SystemCallError,
] as const;

/** Whether an error is one whose message is all that a user needs. */
export function isExpected(error: unknown): error is Error {
  return EXPECTED_ERRORS.some((type) => error instanceof type);
}
