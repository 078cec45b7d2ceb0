/** Round numbers between two others, so many at most, at steps of 1, 2 or 5. */
export function decimalTicks(from: number, to: number, most: number): number[] {
  const least = (to - from) / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  const step = [1, 2, 5, 10].map((digit) => digit * power)
    .find((step) => step >= least) ?? power;
  return multiples(from, to, Math.max(step, 1));
}

/** Multiples of a power of two between two others, so many at most. */
export function binaryTicks(from: number, to: number, most: number): number[] {
  const least = Math.max((to - from) / Math.max(most, 1), 8);
  return multiples(from, to, 2 ** Math.ceil(Math.log2(least)));
}

function multiples(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step);
  const count = Math.max(Math.floor(to / step) - first + 1, 0);
  return Array.from({ length: count }, (_, at) => (first + at) * step);
}
