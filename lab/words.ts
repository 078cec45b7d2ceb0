import type { HeapPolicy } from "@osmem/osmem";
import { format as bytes } from "@std/fmt/bytes";
import { format as duration } from "@std/fmt/duration";

const COUNT = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const PERCENT = new Intl.NumberFormat("en", {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** `1234567` as `1,234,567`. */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** `2` and `"block"` as `2 blocks`. */
export function formatNumberOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `131072` as `128 KiB`. The library writes a small k, IEC 80000-13 a capital. */
export function formatBytes(count: number): string {
  return bytes(count, { binary: true }).replace("kiB", "KiB");
}

/** `0.5` as `50.0%`; `null` as a dash, where there is nothing to divide by. */
export function formatShare(share: number | null): string {
  return share === null ? "-" : PERCENT.format(share);
}

/** `1200` as `1µs 200ns`. */
export function formatNanoseconds(nanoseconds: number): string {
  const milliseconds = Math.round(nanoseconds) / 1e6;
  return duration(milliseconds, { ignoreZero: true }) || "0ns";
}

/** A heap's policy in a few words, as in `best fit, split, deferred coalescing`. */
export function describePolicy({ fit, split, coalesce }: HeapPolicy): string {
  return [
    `${fit} fit`,
    split ? "split" : "never split",
    coalesce === "never" ? "never coalesced" : `${coalesce} coalescing`,
  ].join(", ");
}
