/**
 * Structures of C: `struct tm`, which the C library fills in where it lies, and a
 * result by value. Their layouts are described, not computed by hand.
 *
 * ```sh
 * deno run --allow-ffi examples/c_structs.ts
 * ```
 *
 * It prints:
 *
 * ```text
 * struct tm has 56 bytes, its tm_zone is at offset 48
 * gmtime_r: 2001-09-09 01:46:40 GMT
 * strftime, once the day is 10: Monday
 * ldiv: 17 = 3 * 5 + 2
 * ```
 *
 * @module
 */
import { Heap, readString, struct } from "@osmem/osmem";

/** `struct tm` of `<time.h>`, as glibc has it. */
const Time = struct({
  tm_sec: "i32",
  tm_min: "i32",
  tm_hour: "i32",
  tm_mday: "i32",
  tm_mon: "i32", // from 0
  tm_year: "i32", // since 1900
  tm_wday: "i32", // since Sunday
  tm_yday: "i32", // since January 1
  tm_isdst: "i32",
  tm_gmtoff: "i64",
  tm_zone: "pointer",
});

/** `ldiv_t` of `<stdlib.h>`. */
const Division = struct({ quot: "i64", rem: "i64" });

const library = Deno.dlopen("libc.so.6", {
  gmtime_r: { parameters: ["buffer", "pointer"], result: "pointer" },
  strftime: {
    parameters: ["pointer", "usize", "pointer", "pointer"],
    result: "usize",
  },
  ldiv: { parameters: ["i64", "i64"], result: Division.type },
});
const c = library.symbols;

console.log(
  `struct tm has ${Time.size} bytes, its tm_zone is at offset ` +
    Time.fields.tm_zone.offset,
);

using heap = new Heap();
using memory = heap.allocateStruct(Time);

c.gmtime_r(BigInt64Array.of(1_000_000_000n), memory.pointer);
const time = Time.read(memory);
const date = [1900 + time.tm_year, 1 + time.tm_mon, time.tm_mday];
const clock = [time.tm_hour, time.tm_min, time.tm_sec];
console.log(
  `gmtime_r: ${date.map(twoDigits).join("-")} ` +
    `${clock.map(twoDigits).join(":")} ${readString(time.tm_zone)}`,
);

Time.set(memory, "tm_mday", 10);
Time.set(memory, "tm_wday", 1);
console.log(`strftime, once the day is 10: ${weekday()}`);

const { quot, rem } = Division.read(c.ldiv(17n, 5n));
console.log(`ldiv: 17 = ${quot} * 5 + ${rem}`);

library.close();

/** What C calls the weekday of the time in memory. */
function weekday(): string {
  using scope = heap.scope();
  const text = scope.allocate(32);
  const format = scope.allocateString("%A");
  c.strftime(text.pointer, BigInt(text.size), format.pointer, memory.pointer);
  return readString(text);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
