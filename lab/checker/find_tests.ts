import { CheckError, unreadable } from "./read_reference.ts";

/** A test: a reference trace, and perhaps the program that it is the trace of. */
export interface CheckedTest {
  /** The file's name without its ending. */
  readonly name: string;
  /** The reference trace. */
  readonly reference: string;
  /** The program; without it the calls of the reference trace are made. */
  readonly program: string | undefined;
}

/** What a command line names. */
export interface FoundTests {
  /** The tests. */
  readonly tests: readonly CheckedTest[];
  /** Programs of folders that have no reference trace next to them. */
  readonly withoutReference: readonly string[];
}

const REFERENCE = ".ref";
const PROGRAMS = [".c", ".so"];

/**
 * Finds the tests that a command line names: folders, with a test for each reference
 * trace in them, reference traces, and programs with a reference trace next to them.
 *
 * @param names Folders and files.
 * @throws {CheckError} If a name is not one of these.
 */
export async function findTests(
  names: readonly string[],
): Promise<FoundTests> {
  const found = await Promise.all(names.map(testsAt));
  return {
    tests: found.flatMap(({ tests }) => tests),
    withoutReference: found.flatMap(({ withoutReference }) => withoutReference),
  };
}

async function testsAt(name: string): Promise<FoundTests> {
  const info = await lookAt(name);
  if (!info) throw new CheckError(`${name}: no such file or folder`);
  if (info.isDirectory) return await testsIn(name);
  const ending = [REFERENCE, ...PROGRAMS].find((each) => name.endsWith(each));
  if (ending === undefined) {
    throw new CheckError(
      `${name}: expected a folder, a reference trace (.ref), or a program (.c or .so)`,
    );
  }
  const stem = name.slice(0, -ending.length);
  if (ending === REFERENCE) return only(testOf(stem, undefined));
  if (await lookAt(stem + REFERENCE)) return only(testOf(stem, name));
  throw new CheckError(
    `${name}: has no reference trace: ${stem}${REFERENCE} is missing`,
  );
}

function only(test: CheckedTest): FoundTests {
  return { tests: [test], withoutReference: [] };
}

async function testsIn(folder: string): Promise<FoundTests> {
  const names = await namesIn(folder);
  const stems = names.filter((name) => name.endsWith(REFERENCE))
    .map((name) => name.slice(0, -REFERENCE.length)).sort();
  if (stems.length === 0) {
    throw new CheckError(`${folder}: contains no reference trace (.ref)`);
  }
  const base = folder.replace(/\/*$/, "/");
  const tests = stems.map((stem) => {
    const ending = PROGRAMS.find((each) => names.includes(stem + each));
    const program = ending === undefined ? undefined : base + stem + ending;
    return testOf(base + stem, program);
  });
  const withoutReference = names.filter((name) => {
    const ending = PROGRAMS.find((each) => name.endsWith(each));
    return ending && !stems.includes(name.slice(0, -ending.length));
  }).map((name) => base + name).sort();
  return { tests, withoutReference };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  } catch (error) {
    throw unreadable(folder, error);
  }
}

function testOf(stem: string, program: string | undefined): CheckedTest {
  const name = stem.slice(stem.lastIndexOf("/") + 1);
  return { name, reference: stem + REFERENCE, program };
}

async function lookAt(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw unreadable(path, error);
  }
}
