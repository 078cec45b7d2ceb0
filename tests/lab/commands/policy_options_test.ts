import { assertEquals, assertThrows } from "@std/assert";
import { Command, CommanderError } from "commander";
import {
  parseByteCount,
  parseThreshold,
} from "../../../lab/commands/options.ts";
import {
  addPolicyLists,
  addPolicyOptions,
  argumentsFor,
  combinationsOf,
  policyIn,
} from "../../../lab/commands/policy_options.ts";

for (
  const [text, bytes] of [
    ["0", 0],
    ["4096", 4096],
    ["4096B", 4096],
    ["128K", 131_072],
    ["128k", 131_072],
    ["64KiB", 65_536],
    ["1.5M", 1_572_864],
    ["2G", 2 ** 31],
  ] as const
) {
  Deno.test(`${text} is ${bytes} bytes`, () => {
    assertEquals(parseByteCount(text), bytes);
  });
}

for (
  const text of [
    "",
    "K",
    "-1",
    "0.3",
    "12x",
    "1e3",
    "4096iB",
    "9999999999999G",
  ]
) {
  Deno.test(`"${text}" is no number of bytes`, () => {
    assertThrows(() => parseByteCount(text), Error, "Expected whole bytes");
  });
}

Deno.test("a threshold may be never", () => {
  assertEquals(parseThreshold("never"), Infinity);
});

function silent(): Command {
  return new Command().exitOverride().configureOutput({ writeErr: () => {} });
}

Deno.test("a policy is given by options, and the options by a policy", () => {
  const args = [
    ["--fit", "next", "--split", "no", "--coalesce", "never"],
    ["--mmap-threshold", "never", "--preallocate", "0", "--growth", "4096"],
  ].flat();
  const command = addPolicyOptions(silent()).parse(args, { from: "user" });
  const policy = policyIn(command.opts());
  assertEquals(policy, {
    fit: "next",
    split: false,
    coalesce: "never",
    mmapThreshold: Infinity,
    preallocate: 0,
    growth: 4096,
  });
  assertEquals(argumentsFor(policy), args);
});

Deno.test("lists give every combination, the last option changing fastest", () => {
  const command = addPolicyLists(silent()).parse(
    ["-f", "best,worst", "-p", "0,128K"],
    { from: "user" },
  );
  assertEquals(combinationsOf(command.opts()), [
    { fit: "best", preallocate: 0 },
    { fit: "best", preallocate: 131_072 },
    { fit: "worst", preallocate: 0 },
    { fit: "worst", preallocate: 131_072 },
  ]);
});

Deno.test("no list gives the contract's policy alone", () => {
  assertEquals(combinationsOf({}), [{}]);
});

for (
  const args of [
    ["--fit", "tight"],
    ["--split", "perhaps"],
    ["--preallocate", "39"],
    ["--growth", "12"],
    ["--mmap-threshold", "ever"],
  ]
) {
  Deno.test(`${args.join(" ")} is refused`, () => {
    const command = addPolicyOptions(silent());
    assertThrows(() => command.parse(args, { from: "user" }), CommanderError);
  });
}
