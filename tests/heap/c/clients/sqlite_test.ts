// SQLite with all of its memory from a heap.
import { assertEquals, assertThrows } from "@std/assert";
import { ClientError } from "../../../../bench/clients/client.ts";
import {
  type Row,
  SQLITE,
  Sqlite,
  SQLITE_NOMEM,
} from "../../../../bench/clients/sqlite.ts";
import { fromThenOn, once } from "../../../support/refusing_memory.ts";
import { nameOf, POLICIES, SINGLE_CHANGES } from "../../../support/policies.ts";
import { BoundHeap } from "./support/bound_heap.ts";
import { clientTests } from "./support/client_tests.ts";
import { randomStates } from "./support/random_states.ts";
import { clientSweep } from "./support/client_sweep.ts";
import { IS_THOROUGH } from "../../../support/thoroughness.ts";

const test = clientTests(SQLITE);

const SHELVES = 7;
const COUNT = IS_THOROUGH ? 20_000 : 1000; // of books

/** Tables are built, indexed, updated and thinned out. */
function statements(count: number): string[] {
  return [
    "CREATE TABLE shelf (number INTEGER PRIMARY KEY, name TEXT)",
    "CREATE TABLE book (id INTEGER PRIMARY KEY, shelf INTEGER, title TEXT, pages INTEGER)",
    `WITH RECURSIVE shelves(number) AS
       (SELECT 0 UNION ALL SELECT number + 1 FROM shelves WHERE number < ${
      SHELVES - 1
    })
     INSERT INTO shelf SELECT number, 'shelf ' || number FROM shelves`,
    `WITH RECURSIVE books(id, state) AS
       (SELECT 1, 16807 UNION ALL
        SELECT id + 1, state * 16807 % 2147483647 FROM books WHERE id < ${count})
     INSERT INTO book
     SELECT id, state % ${SHELVES}, printf('%08x of %d', state, id), state % 1000 FROM books`,
    "CREATE INDEX by_title ON book (title)",
    "CREATE INDEX by_shelf ON book (shelf, pages)",
    "UPDATE book SET pages = pages + 1 WHERE shelf = 3",
    "DELETE FROM book WHERE id % 5 = 0",
    "VACUUM",
  ];
}

const JOIN = `
  SELECT shelf.name, count(*), sum(book.pages), min(book.title)
  FROM book JOIN shelf ON shelf.number = book.shelf
  GROUP BY shelf.number ORDER BY shelf.number`;

/** The rows of the join. */
function answerOf(count: number): Row[] {
  const books = randomStates(count)
    .map((state, index) => ({ state, id: index + 1 }))
    .filter(({ id }) => id % 5 !== 0);
  return Array.from({ length: SHELVES }, (_, shelf) => {
    const here = books.filter(({ state }) => state % SHELVES === shelf);
    const pages = here.map(({ state }) => state % 1000 + (shelf === 3 ? 1 : 0));
    const titles = here.map(({ state, id }) =>
      `${state.toString(16).padStart(8, "0")} of ${id}`
    );
    return [
      `shelf ${shelf}`,
      String(here.length),
      String(pages.reduce((sum, each) => sum + each, 0)),
      titles.sort()[0]!,
    ];
  });
}

/** Executes all statements, and checks the heap after each. */
function run(heap: BoundHeap, count: number): Row[] {
  using sqlite = new Sqlite(heap);
  for (const statement of statements(count)) {
    sqlite.execute(statement);
    heap.check();
  }
  assertEquals(sqlite.rows("PRAGMA integrity_check"), [["ok"]]);
  return sqlite.rows(JOIN);
}

for (const policy of [POLICIES[0]!, ...SINGLE_CHANGES]) {
  test(`builds, indexes, joins and updates tables on a heap: ${nameOf(policy)}`, () => {
    using heap = new BoundHeap(policy);
    assertEquals(run(heap, COUNT), answerOf(COUNT));
    heap.checkEmpty();
  });
}

test("has its own memory back once it was closed", () => {
  using heap = new BoundHeap();
  run(heap, 100);
  const { systemCalls } = heap.heap.stats();
  using sqlite = new Sqlite();
  sqlite.execute(statements(20_000).slice(0, -1).join(";"));
  assertEquals(heap.heap.stats().systemCalls, systemCalls);
  assertEquals(heap.heap.stats().liveBlocks, 0);
});

test("rolls a statement back for which there is no memory, and goes on", () => {
  using heap = new BoundHeap();
  using sqlite = new Sqlite(heap);
  sqlite.execute("CREATE TABLE kept (text)");
  heap.memory.refuses = () => true;
  const error = assertThrows(
    () => sqlite.execute("INSERT INTO kept VALUES (randomblob(1000000))"),
    ClientError,
    "out of memory",
  );
  assertEquals(error.status, SQLITE_NOMEM);
  heap.memory.refuses = () => false;
  assertEquals(sqlite.rows("SELECT count(*) FROM kept"), [["0"]]);
  sqlite.execute("INSERT INTO kept VALUES (randomblob(1000000))");
  assertEquals(sqlite.rows("SELECT count(*) FROM kept"), [["1"]]);
  heap.check();
});

for (const refusal of [once, fromThenOn]) {
  test(`stands a request for memory refused ${refusal.name}, whichever it is`, () => {
    clientSweep({
      run: (heap) => run(heap, 300),
      answer: answerOf(300),
      outOfMemory: SQLITE_NOMEM,
      least: 400,
    }, refusal);
  });
}
