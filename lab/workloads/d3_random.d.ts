// The types of those parts of d3-random that the lab uses.

/** A source of numbers from 0 (included) to 1 (excluded). */
type Source = () => number;

/** A distribution that can be made to draw from a source of one's own. */
interface Factory<Parameters extends number[]> {
  source(source: Source): (...parameters: Parameters) => () => number;
}

export const randomInt: Factory<[from: number, below: number]>;
export const randomGeometric: Factory<[probability: number]>;
export const randomExponential: Factory<[rate: number]>;
export const randomLogNormal: Factory<[mu: number, sigma: number]>;
export const randomPareto: Factory<[shape: number]>;
export const randomBernoulli: Factory<[probability: number]>;
