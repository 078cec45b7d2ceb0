/**
 * The Lua interpreter on a heap: every table and every string of a script is a
 * block that TypeScript handed out, through the one hook that Lua has for that.
 * Needs `liblua5.4.so.0` of Debian's package `liblua5.4-0`.
 *
 * ```sh
 * deno run --allow-ffi examples/lua.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * sorted: apple cherry fig olive pear
 * 10,000 tables with an entry each: 20 thousand blocks
 * once Lua collected them: 0 thousand blocks
 * once Lua was closed: 0 blocks
 * ```
 *
 * @module
 */
import { Heap } from "@osmem/osmem";

const library = openLua();
const lua = library.symbols;

using heap = new Heap();
using bindings = heap.bindToC();

// lua_Alloc(data, block, size so far, size wanted): malloc, realloc and free in one.
const allocate = bindings.hook({
  parameters: ["pointer", "pointer", "usize", "usize"],
  result: "pointer",
  numbers: true, // addresses instead of pointers, and no BigInt
}, (_data, block, _oldSize, size) => heap.realloc(block, size));
const state = lua.lua_newstate(allocate, null);

const words = run(`
  local base, openTable = ...
  base()
  local table = openTable()
  local words = { "pear", "fig", "olive", "apple", "cherry" }
  table.sort(words)
  return table.concat(words, " ")`);
console.log(`sorted: ${words}`);

const before = heap.stats().liveBlocks;
run("kept = {} for index = 1, 10000 do kept[index] = { index } end");
console.log(`10,000 tables with an entry each: ${more()} thousand blocks`);
run("kept = nil collectgarbage()");
console.log(`once Lua collected them: ${more()} thousand blocks`);

lua.lua_close(state);
console.log(`once Lua was closed: ${heap.stats().liveBlocks} blocks`);
heap.check();
library.close();

/** Runs a script, which is given the functions that open Lua's libraries. */
function run(script: string): string {
  const code = new TextEncoder().encode(script);
  const name = new TextEncoder().encode("=script\0");
  const size = BigInt(code.length);
  const status = lua.luaL_loadbufferx(state, code, size, name, null) ||
    callWith(lua.luaopen_base, lua.luaopen_table);
  const text = lua.lua_tolstring(state, -1, null);
  const answer = text ? Deno.UnsafePointerView.getCString(text) : "";
  lua.lua_settop(state, 0);
  if (status !== 0) throw new Error(`Lua says: ${answer}`);
  return answer;
}

/** Outside of lua_pcallk an error, such as no memory, would end the process. */
function callWith(...functions: Deno.PointerValue[]): number {
  for (const each of functions) lua.lua_pushcclosure(state, each, 0);
  return lua.lua_pcallk(state, functions.length, 1, 0, 0n, null);
}

/** How many more blocks are live than before, in thousands. */
function more(): number {
  return Math.round((heap.stats().liveBlocks - before) / 1000);
}

function openLua() {
  try {
    return Deno.dlopen("liblua5.4.so.0", {
      lua_newstate: { parameters: ["function", "pointer"], result: "pointer" },
      lua_close: { parameters: ["pointer"], result: "void" },
      luaL_loadbufferx: {
        parameters: ["pointer", "buffer", "usize", "buffer", "pointer"],
        result: "i32",
      },
      lua_pushcclosure: {
        parameters: ["pointer", "pointer", "i32"],
        result: "void",
      },
      lua_pcallk: {
        parameters: ["pointer", "i32", "i32", "i32", "isize", "pointer"],
        result: "i32",
      },
      lua_tolstring: {
        parameters: ["pointer", "i32", "pointer"],
        result: "pointer",
      },
      lua_settop: { parameters: ["pointer", "i32"], result: "void" },
      luaopen_base: { type: "pointer" }, // where it lies: only Lua calls it
      luaopen_table: { type: "pointer" },
    });
  } catch (error) {
    console.error((error as Error).message);
    console.error("Debian has it in the package liblua5.4-0.");
    Deno.exit(1);
  }
}
