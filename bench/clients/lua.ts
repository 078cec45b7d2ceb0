import { toCString } from "../../ffi/c_library.ts";
import { ClientError, type ClientHeap, type SystemLibrary } from "./client.ts";

/** Lua 5.4, which runs scripts. */
export const LUA: SystemLibrary = {
  name: "Lua 5.4",
  file: "liblua5.4.so.0",
  debianPackage: "liblua5.4-0",
};

/** The status for an allocation that failed. */
export const LUA_ERRMEM = 4;

const LUA_OK = 0;
const LUA_TNUMBER = 3;
const LUA_TSTRING = 4;
const TOP = -1; // of the stack

const SYMBOLS = {
  lua_newstate: { parameters: ["function", "pointer"], result: "pointer" },
  luaL_newstate: { parameters: [], result: "pointer" },
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
  lua_type: { parameters: ["pointer", "i32"], result: "i32" },
  lua_tonumberx: { parameters: ["pointer", "i32", "pointer"], result: "f64" },
  lua_tolstring: {
    parameters: ["pointer", "i32", "buffer"],
    result: "pointer",
  },
  lua_settop: { parameters: ["pointer", "i32"], result: "void" },
  // Functions that only Lua itself calls: it is given their addresses.
  luaopen_base: { type: "pointer" },
  luaopen_table: { type: "pointer" },
  luaopen_string: { type: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** `lua_Alloc`: data, block, size so far, size wanted; returns the block. */
const ALLOC = {
  parameters: ["pointer", "pointer", "usize", "usize"],
  result: "pointer",
  numbers: true,
} as const;

/** A chunk that opens three libraries; its arguments are their functions for that. */
const OPEN_LIBRARIES = `
  local base, table, string = ...
  base()
  _G.table, _G.string = table(), string()`;

let loaded: Deno.DynamicLibrary<typeof SYMBOLS> | undefined;

/** Lua's functions, loaded once: loading takes longer than running a short script. */
function lua() {
  return (loaded ??= Deno.dlopen(LUA.file, SYMBOLS)).symbols;
}

/** An interpreter that gets all its memory from one heap. */
export class Lua implements Disposable {
  readonly #state: Deno.PointerObject;

  /**
   * Opens Lua with its basic functions, `string` and `table`.
   *
   * @param heap The heap that it gets its memory from; by default, malloc of libc.
   * @throws {ClientError} If there is no memory.
   * @throws {Error} If the library is not installed.
   */
  constructor(heap?: ClientHeap) {
    const state = newState(heap);
    if (state === null) {
      throw new ClientError("lua_newstate", LUA_ERRMEM, "there is no state");
    }
    this.#state = state;
    try {
      this.run(OPEN_LIBRARIES);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Runs a chunk under `lua_pcallk`: an error that Lua meets elsewhere ends the process.
   *
   * @returns The string or the number that the chunk returns.
   * @throws {ClientError} If it does not compile or raises an error.
   */
  run(chunk: string): string | number | undefined {
    const code = new TextEncoder().encode(chunk);
    const c = lua();
    try {
      this.#require(
        "luaL_loadbufferx",
        c.luaL_loadbufferx(
          this.#state,
          code,
          BigInt(code.length),
          toCString("=chunk"),
          null,
        ),
      );
      const openers = [c.luaopen_base, c.luaopen_table, c.luaopen_string];
      for (const opener of openers) {
        c.lua_pushcclosure(this.#state, opener, 0); // it allocates nothing
      }
      this.#require(
        "lua_pcallk",
        c.lua_pcallk(this.#state, openers.length, 1, 0, 0n, null),
      );
      return this.#top();
    } finally {
      c.lua_settop(this.#state, 0);
    }
  }

  /** Closes the state and frees all its memory. */
  [Symbol.dispose](): void {
    lua().lua_close(this.#state);
  }

  #require(call: string, status: number): void {
    if (status === LUA_OK) return;
    throw new ClientError(call, status, String(this.#top()));
  }

  /** The value on top of the stack, which stays there: no call here can fail. */
  #top(): string | number | undefined {
    const c = lua();
    switch (c.lua_type(this.#state, TOP)) {
      case LUA_TNUMBER:
        return c.lua_tonumberx(this.#state, TOP, null);
      case LUA_TSTRING:
        return this.#topString();
      default:
        return undefined;
    }
  }

  #topString(): string {
    const length = new BigUint64Array(1);
    const text = lua()
      .lua_tolstring(this.#state, TOP, length) as Deno.PointerObject;
    const bytes = Deno.UnsafePointerView.getArrayBuffer(
      text,
      Number(length[0]),
    );
    return new TextDecoder().decode(bytes);
  }
}

function newState(heap: ClientHeap | undefined): Deno.PointerValue {
  if (!heap) return lua().luaL_newstate();
  const { calls, bindings } = heap;
  const alloc = bindings.hook(
    ALLOC,
    (_data, block, _oldSize, size) => calls.realloc(block, size),
  );
  return lua().lua_newstate(alloc, null);
}
