// What each wrong use is told, word for word, by a program of its own: the error's name,
// its code, and a message with the address, the block, its label and what to do.
import { assertEquals } from "@std/assert";
import { gatedTest, toRun } from "../../support/permissions.ts";
import { DENO, program, run } from "../../support/run_deno.ts";

const TOLD: Readonly<Record<string, string>> = {
  "a size below 0":
    "ArgumentError invalid-argument: Cannot malloc with size -1: expected a " +
    "non-negative safe integer",
  "a bigint for a size":
    "ArgumentError invalid-argument: Cannot malloc with size 10n: expected a " +
    "non-negative safe integer; convert it with Number()",
  "an option that there is not":
    'ArgumentError invalid-argument: Cannot make a heap with fit "tight": ' +
    'expected one of "best", "first", "next", "worst"',
  "an odd alignment":
    "ArgumentError invalid-argument: Cannot align an allocation to 3 bytes: " +
    "expected a power of two from 1 to 4096",
  "a label that is no text":
    "ArgumentError invalid-argument: Cannot label an allocation 5: expected a " +
    "string",
  "a pointer for an address":
    "ArgumentError invalid-argument: Cannot free pointer 0x40: " +
    "expected an address, a number; pass heap.address(pointer)",
  "an allocation for an address":
    'ArgumentError invalid-argument: Cannot free allocation "frame" (64 bytes ' +
    "at 0xADDRESS): expected an address, a number; dispose of the allocation, " +
    "resize it or read its bytes instead",
  "a second free":
    "InvalidPointerError double-free: Cannot free 0xADDRESS: its memory is " +
    "free already; look for a second free of the same block. It is a free " +
    "block of 104 bytes",
  "a use of freed memory":
    "InvalidPointerError use-after-free: Cannot take the bytes of 0xADDRESS: " +
    "it was freed already; do not use it afterwards. It is a free block of 104 " +
    "bytes",
  "a free inside a block":
    "InvalidPointerError inside-block: Cannot free 0xADDRESS: it is not the " +
    "start of a payload. It lies 8 bytes into the payload of the allocated " +
    "block whose payload is 0xADDRESS (104 bytes)",
  "a free of an odd address":
    "InvalidPointerError unaligned: Cannot free 0xADDRESS: every address that " +
    "a heap gives out is a positive multiple of 8. It lies 1 byte into the " +
    "payload of the allocated block whose payload is 0xADDRESS (104 bytes)",
  "a free of what was never allocated":
    "InvalidPointerError never-allocated: Cannot free 0x1000: this heap never " +
    "allocated it; pass an address that malloc, calloc or realloc of this heap " +
    "returned",
  "a free of another heap's block":
    "InvalidPointerError foreign-pointer: Cannot free 0xADDRESS: it lies in a " +
    "block of another heap; give it only to the heap it came from. It is an " +
    "allocated block of 104 bytes",
  "a free of what an object holds":
    'InvalidPointerError owned: Cannot free 0xADDRESS: allocation "frame" (64 ' +
    "bytes at 0xADDRESS) owns it; resize or dispose of the allocation instead",
  "a use of a disposed heap":
    "UsageError disposed: Cannot malloc on this heap: it was disposed; make a " +
    "new one",
  "the bytes of a disposed allocation":
    'UsageError disposed: Cannot take the bytes of allocation "frame" (64 ' +
    "bytes at 0xADDRESS): it was disposed of; allocate again, or dispose of it " +
    "later",
  "a resize of a disposed allocation":
    'UsageError disposed: Cannot resize allocation "frame" (64 bytes at ' +
    "0xADDRESS): it was disposed of; allocate again, or dispose of it later",
  "a pointer to a disposed allocation":
    'UsageError disposed: Cannot point to allocation "frame" (64 bytes at ' +
    "0xADDRESS): it was disposed of; allocate again, or dispose of it later",
  "a free of memory whose buffer was taken":
    'UsageError buffer-taken: Cannot free allocation "frame" (64 bytes at ' +
    "0xADDRESS): its buffer was transferred (postMessage, structuredClone, " +
    "ArrayBuffer.transfer, or read(view) of a BYOB reader), so others can still read " +
    "the memory; the memory stays allocated. Copy the bytes, or post what " +
    "heap.transfer() gives",
  "an allocation in a disposed scope":
    'UsageError disposed: Cannot allocate in scope "request": it was disposed ' +
    "of; open a new scope, or dispose of this one later",
  "a move out of another scope":
    'ArgumentError invalid-argument: Cannot move allocation "frame" (64 bytes ' +
    'at 0xADDRESS) out of scope "request": it is not in that scope; move it out ' +
    "of the scope that it was allocated in, or was moved into",
  "a text with a NUL":
    "ArgumentError invalid-argument: Cannot make a C string from text with a " +
    "NUL at 1: C would end the string there; remove the NUL, or allocate the " +
    "bytes with allocateFrom",
  "a text without a NUL":
    "ArgumentError invalid-argument: Cannot read a string from allocation (1 " +
    "byte at 0xADDRESS): there is no NUL in it; give a maxLength of 1 if the " +
    "text may fill it",
  "a copy of what is gone":
    "ArgumentError invalid-argument: Cannot allocate from this Uint8Array: its " +
    "bytes are gone, since its buffer was transferred or made shorter; copy the " +
    "bytes before that",
  "a value that does not fit":
    "ArgumentError invalid-argument: Cannot set x to 256: expected an integer " +
    "from 0 to 255",
  "a value of another type":
    'UsageError wrong-type: Cannot set x to "1": expected an integer from 0 to ' +
    "255",
  "a field that there is not":
    'UsageError no-such-field: Cannot get "z": expected one of x, y',
  "a second transfer":
    'UsageError transferred: Cannot transfer allocation "frame" (64 bytes at ' +
    "0xADDRESS): it was transferred to another isolate; allocate again, or " +
    "dispose of it later",
  "a second receiver":
    'UsageError received: Cannot receive allocation "frame" (64 bytes at ' +
    "0xADDRESS): it was received already; each message is for one receiver",
  "a message that was changed":
    "ArgumentError invalid-argument: Cannot receive an allocation: its size is " +
    "128; expected the whole message that heap.transfer() gave, as it was " +
    "posted",
  "an end of a heap while others hold blocks":
    "UsageError in-use: Cannot dispose of this heap: 1 of its blocks is with " +
    'other isolates, allocation "frame" (64 bytes at 0xADDRESS); await ' +
    "heap.transfersReturned() first, or heap.takeBack() what a Worker that has " +
    "ended did not return",
  "another heap for live os_ blocks":
    "UsageError in-use: Cannot use another heap for the os_* functions: 1 of " +
    "their blocks is live in the one before and could not be freed any more; " +
    "free them first, or call os_use before the first os_malloc",
  "a number for a pointer":
    "ArgumentError invalid-argument: Cannot free 8: expected a pointer that an " +
    "os_* function gave, or null",
};

for (const [use, told] of Object.entries(TOLD)) {
  gatedTest({
    name: `a program that makes a wrong use is told: ${use}`,
    needs: [toRun(DENO)],
    async fn() {
      // What was forgotten may be collected, and reported on standard error.
      const { code, stdout } = await run(DENO, [
        ...["run", "--quiet", "--no-prompt", "--allow-ffi"],
        ...[program("wrong_uses.ts"), use],
      ]);
      const plain = stdout.trimEnd().replaceAll(/0x[0-9a-f]{5,}/g, "0xADDRESS");
      assertEquals([code, plain], [0, told]);
    },
  });
}
