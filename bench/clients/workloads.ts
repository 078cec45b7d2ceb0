import type { ClientHeap } from "./client.ts";
import { Expat } from "./expat.ts";
import { Lua } from "./lua.ts";
import { Sqlite } from "./sqlite.ts";

/** Makes words, counts them in a table, and sorts them. */
const COUNT_WORDS = `
  local counts, words, state = {}, {}, 1
  for _ = 1, 20000 do
    state = state * 16807 % 2147483647
    local word = string.format("word %d", state % 9973)
    local entry = counts[word]
    if entry then
      entry.count = entry.count + 1
    else
      counts[word] = { count = 1 }
      words[#words + 1] = word
    end
  end
  table.sort(words)
  local total = 0
  for _, word in ipairs(words) do total = total + counts[word].count end
  return total`;

/** Runs a script in an interpreter of its own. */
export function countWords(heap?: ClientHeap): void {
  using lua = new Lua(heap);
  expect(lua.run(COUNT_WORDS), 20_000);
}

const BUILD_TABLES = `
  CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE book (id INTEGER PRIMARY KEY, author INTEGER, title TEXT);
  WITH RECURSIVE numbers(number) AS
    (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 200)
  INSERT INTO author SELECT number, 'author ' || number FROM numbers;
  WITH RECURSIVE numbers(number, state) AS
    (SELECT 1, 16807 UNION ALL
     SELECT number + 1, state * 16807 % 2147483647 FROM numbers WHERE number < 10000)
  INSERT INTO book SELECT number, 1 + state % 200, printf('%08x', state) FROM numbers;
  CREATE INDEX by_author ON book (author, title);
  UPDATE book SET title = title || ', revised' WHERE id % 7 = 0;
  DELETE FROM book WHERE id % 5 = 0`;

const JOIN_TABLES = `
  SELECT author.name, group_concat(book.title)
  FROM author JOIN book ON book.author = author.id GROUP BY author.id`;

/** Builds tables with an index in a database of its own, and joins them. */
export function joinTables(heap?: ClientHeap): void {
  using sqlite = new Sqlite(heap);
  sqlite.execute(BUILD_TABLES);
  expect(sqlite.rows(JOIN_TABLES).length, 200);
}

const MESSAGE = new TextEncoder().encode(`<?xml version="1.0"?>
<message id="42" from="one" to="other" xmlns:x="urn:example:extension">
  <subject lang="en">A message like many</subject>
  <body>${"<p class='plain'>Some text &amp; more.</p>".repeat(10)}</body>
  <x:receipt x:wanted="yes"/>
</message>`);

/** Parses short documents, each with a parser of its own. */
export function parseMessages(heap?: ClientHeap): void {
  for (let message = 0; message < 200; message++) {
    using expat = new Expat(heap);
    expat.parse(MESSAGE, true);
  }
}

const PIECE = 2 ** 16; // bytes
const CATALOGUE = new TextEncoder().encode(`<catalogue>${
  Array.from(
    { length: 8000 },
    (_, index) =>
      `<book id="${index}" shelf="${
        index % 7
      }"><title>Title ${index}</title></book>\n`,
  ).join("")
}</catalogue>`);

/** Parses one long document in pieces, as it arrives from a network. */
export function parseCatalogue(heap?: ClientHeap): void {
  using expat = new Expat(heap);
  for (let start = 0; start < CATALOGUE.length; start += PIECE) {
    const end = start + PIECE;
    expat.parse(CATALOGUE.subarray(start, end), end >= CATALOGUE.length);
  }
}

/** A library that is fast and wrong must not be measured. */
function expect(answer: unknown, right: number): void {
  if (answer === right) return;
  throw new Error(`A workload returned ${answer} instead of ${right}`);
}
