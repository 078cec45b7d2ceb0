/**
 * SQLite on a heap: before it starts, the whole library is told to have its memory
 * from TypeScript, tables and all.
 * Needs `libsqlite3.so.0` of Debian's package `libsqlite3-0`.
 *
 * ```sh
 * deno run --allow-ffi examples/sqlite.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * 10,000 squares and their index: about 300 KiB
 * 1000 of them end in 0
 * 2000 of them end in 1
 * 2000 of them end in 4
 * 1000 of them end in 5
 * 2000 of them end in 6
 * 2000 of them end in 9
 * once SQLite was shut down: 0 blocks
 * ```
 *
 * @module
 */
import { Heap } from "@osmem/osmem";

const CONFIG_MALLOC = 4;
const CONFIG_MEMSTATUS = 9;

const library = openSqlite();
const sqlite = library.symbols;

const printRow = new Deno.UnsafeCallback(
  { parameters: ["pointer", "i32", "pointer", "pointer"], result: "i32" },
  (_data, _count, values) => {
    const text = new Deno.UnsafePointerView(values!).getPointer();
    console.log(Deno.UnsafePointerView.getCString(text!));
    return 0;
  },
);

using heap = new Heap();
using bindings = heap.bindToC();

// struct sqlite3_mem_methods: seven functions and a pointer for their own use.
const methods = BigUint64Array.from([
  bindings.hook(
    { parameters: ["i32"], result: "pointer", numbers: true }, // sizes are ints
    (size) => heap.malloc(size),
  ),
  bindings.free,
  bindings.hook(
    { parameters: ["pointer", "i32"], result: "pointer", numbers: true },
    (block, size) => heap.realloc(block, size),
  ),
  bindings.usableSize,
  bindings.hook(
    { parameters: ["i32"], result: "i32" },
    (size) => Math.ceil(size / 8) * 8, // what a block of that size would hold
  ),
  bindings.hook({ parameters: ["pointer"], result: "i32" }, () => 0), // to start
  bindings.hook({ parameters: ["pointer"], result: "void" }, () => {}), // to end
  null,
], (method) => Deno.UnsafePointer.value(method));

expectOk(sqlite.sqlite3_config(CONFIG_MALLOC, methods));
// Else SQLite adds up the sizes of its blocks, and calls the heap for each of them.
expectOk(sqlite.switchOption(CONFIG_MEMSTATUS, 0));

const opened = new BigUint64Array(1);
expectOk(sqlite.sqlite3_open(toC(":memory:"), opened));
const database = Deno.UnsafePointer.create(opened[0] as bigint);

execute(`
  CREATE TABLE square (root INTEGER, value INTEGER);
  WITH RECURSIVE roots(root) AS
    (SELECT 1 UNION ALL SELECT root + 1 FROM roots WHERE root < 10000)
  INSERT INTO square SELECT root, root * root FROM roots;
  CREATE INDEX by_value ON square (value)`);
const kibibytes = heap.stats().liveBytes / 1024;
console.log(
  `10,000 squares and their index: about ${
    Number(kibibytes.toPrecision(1))
  } KiB`,
);
execute(
  "SELECT count(*) || ' of them end in ' || (value % 10) FROM square GROUP BY value % 10 ORDER BY value % 10",
);

expectOk(sqlite.sqlite3_close(database));
expectOk(sqlite.sqlite3_shutdown());
console.log(`once SQLite was shut down: ${heap.stats().liveBlocks} blocks`);
heap.check();
printRow.close();
library.close();

/** Executes statements; prints the first column of each row. */
function execute(statements: string): void {
  const sql = toC(statements);
  expectOk(
    sqlite.sqlite3_exec(database, sql, printRow.pointer, null, null),
  );
}

function expectOk(status: number): void {
  if (status !== 0) throw new Error(`SQLite ended with status ${status}`);
}

function toC(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

function openSqlite() {
  try {
    return Deno.dlopen("libsqlite3.so.0", {
      sqlite3_config: { parameters: ["i32", "buffer"], result: "i32" },
      switchOption: {
        name: "sqlite3_config",
        parameters: ["i32", "i32"],
        result: "i32",
      },
      sqlite3_open: { parameters: ["buffer", "buffer"], result: "i32" },
      sqlite3_exec: {
        parameters: ["pointer", "buffer", "function", "pointer", "pointer"],
        result: "i32",
      },
      sqlite3_close: { parameters: ["pointer"], result: "i32" },
      sqlite3_shutdown: { parameters: [], result: "i32" },
    });
  } catch (error) {
    console.error((error as Error).message);
    console.error("Debian has it in the package libsqlite3-0.");
    Deno.exit(1);
  }
}
