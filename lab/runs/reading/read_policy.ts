import { checkOptions, COALESCE, FITS } from "@osmem/osmem/internal/plain";
import type { JsonReader } from "../json_reader.ts";
import type { HeapPolicy } from "@osmem/osmem";

/** Reads the policy of a heap; it must be one that a heap can have. */
export function readPolicy(policy: JsonReader): HeapPolicy {
  const read = {
    fit: policy.get("fit").oneOf(FITS),
    split: policy.get("split").oneOf([true, false]),
    coalesce: policy.get("coalesce").oneOf(COALESCE),
    mmapThreshold: policy.get("mmapThreshold").wholeOrInfinite(),
    callocThreshold: policy.get("callocThreshold").wholeOrInfinite(),
    preallocate: policy.get("preallocate").whole(),
    growth: policy.get("growth").whole(),
  };
  for (const [name, value] of Object.entries(read)) {
    requireOption(policy.get(name), { [name]: value });
  }
  return read;
}

function requireOption(option: JsonReader, value: Partial<HeapPolicy>): void {
  try {
    checkOptions(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    option.refuse(error.message, error);
  }
}
