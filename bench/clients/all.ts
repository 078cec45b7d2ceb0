import type { ClientHeap } from "./client_heap.ts";
import { EXPAT } from "./expat.ts";
import { LUA } from "./lua.ts";
import { SQLITE } from "./sqlite.ts";
import type { SystemLibrary } from "./system_library.ts";
import {
  countWords,
  joinTables,
  parseCatalogue,
  parseMessages,
} from "./workloads.ts";

/** A C library at work, its allocator being what is exchanged. */
export interface Client {
  /** Its name in the tables, and what `--case` looks for. */
  readonly name: string;
  /** The library. */
  readonly library: SystemLibrary;
  /** The work, from opening the library to closing it; on glibc without a heap. */
  readonly run: (heap?: ClientHeap) => void;
}

/** The clients, in the order of the tables. */
export const CLIENTS: readonly Client[] = [
  { name: "Lua counts words", library: LUA, run: countWords },
  { name: "SQLite joins tables", library: SQLITE, run: joinTables },
  { name: "Expat parses short messages", library: EXPAT, run: parseMessages },
  { name: "Expat parses a long file", library: EXPAT, run: parseCatalogue },
];
