/**
 * The smallest of the values that at least this share of them does not exceed
 * (nearest rank). Sorts them in place.
 *
 * @param values At least one.
 * @param share Above 0, at most 1; 0.5 for the median.
 */
export function quantile(values: Float64Array, share: number): number {
  values.sort();
  return values[Math.ceil(share * values.length) - 1] as number;
}
