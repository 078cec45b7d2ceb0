import type { Client } from "./client.ts";
import { EXPAT } from "./expat.ts";
import { LUA } from "./lua.ts";
import { SQLITE } from "./sqlite.ts";
import {
  countWords,
  joinTables,
  parseCatalogue,
  parseMessages,
} from "./workloads.ts";

/** The clients, in the order of the tables. */
export const CLIENTS: readonly Client[] = [
  { name: "Lua counts words", library: LUA, run: countWords },
  { name: "SQLite joins tables", library: SQLITE, run: joinTables },
  { name: "Expat parses short messages", library: EXPAT, run: parseMessages },
  { name: "Expat parses a long file", library: EXPAT, run: parseCatalogue },
];
