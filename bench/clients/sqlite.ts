import { fromCString, toCString } from "../../ffi/c_library.ts";
import { ClientError, type ClientHeap, type SystemLibrary } from "./client.ts";

/** SQLite 3, a database. */
export const SQLITE: SystemLibrary = {
  name: "SQLite 3",
  file: "libsqlite3.so.0",
  debianPackage: "libsqlite3-0",
};

/** The status for an allocation that failed. */
export const SQLITE_NOMEM = 7;

const SQLITE_OK = 0;
const SQLITE_ROW = 100;
const SQLITE_DONE = 101;
const SQLITE_NULL = 5;
const SQLITE_CONFIG_MALLOC = 4;
const SQLITE_CONFIG_GETMALLOC = 5;
const SQLITE_CONFIG_MEMSTATUS = 9;

const SYMBOLS = {
  sqlite3_initialize: { parameters: [], result: "i32" },
  sqlite3_shutdown: { parameters: [], result: "i32" },
  sqlite3_config: { parameters: ["i32", "buffer"], result: "i32" },
  switchOption: {
    name: "sqlite3_config",
    parameters: ["i32", "i32"],
    result: "i32",
  },
  sqlite3_open: { parameters: ["buffer", "buffer"], result: "i32" },
  sqlite3_close: { parameters: ["pointer"], result: "i32" },
  sqlite3_exec: {
    parameters: ["pointer", "buffer", "pointer", "pointer", "pointer"],
    result: "i32",
  },
  sqlite3_prepare_v2: {
    parameters: ["pointer", "buffer", "i32", "buffer", "pointer"],
    result: "i32",
  },
  sqlite3_step: { parameters: ["pointer"], result: "i32" },
  sqlite3_finalize: { parameters: ["pointer"], result: "i32" },
  sqlite3_column_count: { parameters: ["pointer"], result: "i32" },
  sqlite3_column_type: { parameters: ["pointer", "i32"], result: "i32" },
  sqlite3_column_text: { parameters: ["pointer", "i32"], result: "pointer" },
  sqlite3_errstr: { parameters: ["i32"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

let loaded: Deno.DynamicLibrary<typeof SYMBOLS> | undefined;

/** SQLite's functions, loaded once. */
function sqlite() {
  return (loaded ??= Deno.dlopen(SQLITE.file, SYMBOLS)).symbols;
}

/** `sqlite3_mem_methods`: eight pointers. */
type MemoryMethods = BigUint64Array<ArrayBuffer>;

const MEMORY_METHODS = 8;

/** A row of a query: the text of each column, or null. */
export type Row = readonly (string | null)[];

/**
 * A database in memory. SQLite has one allocator for the whole process: while the
 * database is open, nothing else in the process may use the library.
 */
export class Sqlite implements Disposable {
  /** The allocator that was configured before, if a heap replaced it. */
  readonly #before: MemoryMethods | undefined;
  readonly #database: Deno.PointerValue;

  /**
   * Starts SQLite and opens an empty database.
   *
   * @param heap The heap that it gets its memory from; by default, malloc of libc.
   * @throws {ClientError} If there is no memory.
   * @throws {Error} If the library is not installed.
   */
  constructor(heap?: ClientHeap) {
    const c = sqlite();
    c.sqlite3_shutdown(); // SQLite can only be configured while it is not running
    // SQLite adds up the sizes of its blocks, and asks the allocator for each of them.
    c.switchOption(SQLITE_CONFIG_MEMSTATUS, 0);
    this.#before = heap && useMemoryOf(heap);
    const opened = new BigUint64Array(1);
    const status = c.sqlite3_initialize() ||
      c.sqlite3_open(toCString(":memory:"), opened);
    this.#database = Deno.UnsafePointer.create(opened[0] as bigint);
    try {
      this.#require("sqlite3_open", status);
      this.execute("PRAGMA temp_store = memory");
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Executes statements, and ignores their rows.
   *
   * @throws {ClientError} If a statement fails.
   */
  execute(statements: string): void {
    const { sqlite3_exec } = sqlite();
    this.#require(
      "sqlite3_exec",
      sqlite3_exec(this.#database, toCString(statements), null, null, null),
    );
  }

  /**
   * The rows of a query.
   *
   * @throws {ClientError} If the query fails.
   */
  rows(query: string): Row[] {
    const c = sqlite();
    const statement = this.#prepare(query);
    const rows: Row[] = [];
    try {
      let status = c.sqlite3_step(statement);
      while (status === SQLITE_ROW) {
        rows.push(this.#row(statement));
        status = c.sqlite3_step(statement);
      }
      if (status !== SQLITE_DONE) this.#require("sqlite3_step", status);
      return rows;
    } finally {
      c.sqlite3_finalize(statement);
    }
  }

  /** Closes the database, shuts SQLite down, and restores its allocator. */
  [Symbol.dispose](): void {
    const c = sqlite();
    c.sqlite3_close(this.#database);
    c.sqlite3_shutdown();
    if (this.#before) c.sqlite3_config(SQLITE_CONFIG_MALLOC, this.#before);
  }

  #prepare(query: string): Deno.PointerValue {
    const prepared = new BigUint64Array(1);
    this.#require(
      "sqlite3_prepare_v2",
      sqlite().sqlite3_prepare_v2(
        this.#database,
        toCString(query),
        -1,
        prepared,
        null,
      ),
    );
    return Deno.UnsafePointer.create(prepared[0] as bigint);
  }

  #row(statement: Deno.PointerValue): Row {
    const count = sqlite().sqlite3_column_count(statement);
    return Array.from(
      { length: count },
      (_, column) => this.#column(statement, column),
    );
  }

  #column(statement: Deno.PointerValue, column: number): string | null {
    const c = sqlite();
    const isNull = c.sqlite3_column_type(statement, column) === SQLITE_NULL;
    const text = c.sqlite3_column_text(statement, column);
    if (text === null && !isNull) {
      this.#require("sqlite3_column_text", SQLITE_NOMEM);
    }
    return isNull ? null : fromCString(text);
  }

  #require(call: string, status: number): void {
    if (status === SQLITE_OK) return;
    const reason = sqlite().sqlite3_errstr(status);
    throw new ClientError(call, status, fromCString(reason));
  }
}

/** Configures SQLite, which must not be running; returns the allocator it had. */
function useMemoryOf(heap: ClientHeap): MemoryMethods {
  const before = new BigUint64Array(MEMORY_METHODS);
  const { sqlite3_config } = sqlite();
  sqlite3_config(SQLITE_CONFIG_GETMALLOC, before);
  sqlite3_config(SQLITE_CONFIG_MALLOC, memoryMethods(heap)); // it copies them
  return before;
}

/** SQLite's functions for memory. Those that take a size are hooks: it is an `int`. */
function memoryMethods({ calls, bindings }: ClientHeap): MemoryMethods {
  const methods: Deno.PointerObject[] = [
    bindings.hook(
      { parameters: ["i32"], result: "pointer", numbers: true },
      (size) => calls.malloc(size),
    ),
    bindings.free,
    bindings.hook(
      { parameters: ["pointer", "i32"], result: "pointer", numbers: true },
      (block, size) => calls.realloc(block, size),
    ),
    bindings.usableSize, // a size_t for an int: both are returned in the same register
    bindings.hook(
      { parameters: ["i32"], result: "i32" },
      (size) => Math.ceil(size / 8) * 8,
    ),
    bindings.hook({ parameters: ["pointer"], result: "i32" }, () => SQLITE_OK),
    bindings.hook({ parameters: ["pointer"], result: "void" }, () => {}),
  ];
  const addresses = methods.map((method) => Deno.UnsafePointer.value(method));
  return new BigUint64Array([...addresses, 0n]);
}
