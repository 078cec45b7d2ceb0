/** The number of the lowest bit that is set; `bits` must not be 0. */
export function lowestBit(bits: number): number {
  return Math.clz32(bits & -bits) ^ 31;
}

/** The number of the highest bit that is set; `bits` must not be 0. */
export function highestBit(bits: number): number {
  return Math.clz32(bits) ^ 31;
}
