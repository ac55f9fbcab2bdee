/** Tells a difference of two runs from noise. No figure's distribution is assumed; what is assumed is said. */

export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Blocks of a run that are looked at as single observations. Neighbouring flips are alike (a busy moment of
 * the host, a buffer locked for long), so that 600 flips are not 600 observations, and a test that takes them
 * for that calls noise a difference. Statistics of long blocks are nearly independent; 10 to 30 of them
 * lose little power. Source: B. Schmeiser, "Batch size effects in the analysis of simulation output",
 * Operations Research 30 (3), 1982.
 */
const blockCount = 16;

/** `of` each of 16 blocks, one after the other; of fewer values than that, each is a block. */
export function blocks(values: readonly number[], of: (block: readonly number[]) => number): number[] {
  const count = Math.min(blockCount, values.length);
  const edge = (i: number) => Math.floor((i * values.length) / count);
  return Array.from({ length: count }, (_, i) => of(values.slice(edge(i), edge(i + 1))));
}

/**
 * What is left of the likeness when blocks are short, or the whole machine drifts: as the variance of a mean of
 * values with their lag-one correlation r over that of independent ones, (1 + r) / (1 - r). Never below 1. r is
 * corrected for the bias of short series. Sources: G. V. Bayley, J. M. Hammersley, "The 'effective' number of independent
 * observations in an autocorrelated time series", Supplement to the JRSS 8 (2), 1946; F. H. C. Marriott,
 * J. A. Pope, "Bias in the estimation of autocorrelations", Biometrika 41, 1954.
 */
export function inflation(values: readonly number[]): number {
  const average = mean(values);
  const [off, count] = [values.map((value) => value - average), values.length];
  const variance = off.reduce((sum, value) => sum + value * value, 0);
  if (!(variance > 0)) return 1;
  const found = off.slice(1).reduce((sum, value, i) => sum + value * (off[i] ?? 0), 0) / variance;
  const likeness = Math.min(mostLikeness, Math.max(0, found + (1 + 4 * found) / count));
  return (1 + likeness) / (1 - likeness);
}

/** More cannot be told from a series of so few; and then nothing is significant. */
const mostLikeness = 0.9;

/** The normal approximation is good from about here on. */
export const fewestBlocks = 8;

/**
 * The two-sided Mann–Whitney U test with mid-ranks for ties, by the normal approximation with the tie and
 * continuity corrections: the probability that samples of one distribution differ so much in rank. Chosen before
 * a bootstrap because it needs no random numbers (the same files always give the same answer, which a
 * bisection counts on) and does not care how long the tails are, and those of times are long. Source:
 * M. Hollander, D. A. Wolfe, E. Chicken, "Nonparametric Statistical Methods", 3rd ed., 2014, section 4.1.
 * `inflation`: how much more the rank sum varies than of independent values; see `inflation`.
 */
export function mannWhitney(a: readonly number[], b: readonly number[], inflation = 1): number {
  const total = a.length + b.length;
  const { rankSum, ties } = rank(a, b);
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  const independent = ((a.length * b.length) / 12) * (total + 1 - ties / (total * (total - 1)));
  const variance = independent * inflation;
  if (!(variance > 0)) return 1; // all alike, or nothing to compare
  const distance = Math.max(0, Math.abs(u - (a.length * b.length) / 2) - 0.5);
  return Math.min(1, 2 * upperTail(distance / Math.sqrt(variance)));
}

/** The sum of a's ranks, and of t³ − t over the groups of t equal values. */
function rank(a: readonly number[], b: readonly number[]): { rankSum: number; ties: number } {
  const all = [...a.map((value) => ({ value, own: 1 })), ...b.map((value) => ({ value, own: 0 }))];
  all.sort((one, other) => one.value - other.value);
  let [rankSum, ties] = [0, 0];
  for (let from = 0; from < all.length;) {
    let to = from;
    let own = 0;
    for (; all[to]?.value === all[from]?.value && to < all.length; to++) own += all[to]?.own ?? 0;
    const size = to - from;
    rankSum += own * (from + (size + 1) / 2);
    ties += size ** 3 - size;
    from = to;
  }
  return { rankSum, ties };
}

/**
 * Of the standard normal distribution, above z ≥ 0; off by less than 1.2e-7 of itself. Source: W. H. Press et al.,
 * "Numerical Recipes in C", 2nd ed., 1992, section 6.2: the Chebyshev fit of erfc.
 */
export function upperTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const fit = erfcFit.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  return (t * Math.exp(-x * x + fit)) / 2;
}

const erfcFit = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

/** Events in so many trials. */
export interface Rate {
  readonly events: number;
  readonly trials: number;
}

/**
 * Whether two rates of rare events differ, exactly: given how many there were in all, those of `b` are binomial
 * with its share of the trials. The two-sided value is twice the smaller tail. Source: J. Przyborowski,
 * H. Wilenski, "Homogeneity of results in testing samples from Poisson series", Biometrika 31, 1940.
 * `dispersion`: how much more the events vary than independent ones would; see `dispersion`.
 */
export function rateTest(a: Rate, b: Rate, dispersion = 1): number {
  const [inA, inB] = [Math.round(a.events / dispersion), Math.round(b.events / dispersion)];
  const share = b.trials / (a.trials + b.trials);
  if (!(share > 0 && share < 1)) return 1;
  const [atMost, atLeast] = [binomialAtMost(inB, inA + inB, share), binomialAtMost(inA, inA + inB, 1 - share)];
  return Math.min(1, 2 * Math.min(atMost, atLeast));
}

/** The probability of at most k successes in n trials. */
function binomialAtMost(k: number, n: number, p: number): number {
  let logTerm = n * Math.log1p(-p);
  let sum = Math.exp(logTerm);
  for (let i = 1; i <= k; i++) {
    logTerm += Math.log((n - i + 1) / i) + Math.log(p / (1 - p));
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}

/**
 * How much the events of blocks vary, as the variance over the mean: 1 where they come independently, more where they
 * come in bursts, as one hiccup of a host makes many flips late; so many times fewer observations are they
 * then worth. Never below 1. Source: P. McCullagh, J. A. Nelder, "Generalized Linear Models", 2nd ed.,
 * 1989, section 6.2.3 (over-dispersion).
 */
export function dispersion(...runs: readonly (readonly number[])[]): number {
  let [squares, expected, degrees] = [0, 0, 0];
  for (const counts of runs) {
    const average = mean(counts);
    if (!(average > 0)) continue;
    for (const count of counts) squares += (count - average) ** 2 / average;
    degrees += counts.length - 1;
    expected++;
  }
  return expected === 0 || degrees === 0 ? 1 : Math.max(1, squares / degrees);
}

/**
 * p-values corrected for their number: those of at most `alpha` are significant when all together shall give a false
 * alarm with that probability at the most. Source: S. Holm, "A simple sequentially rejective multiple test procedure",
 * Scandinavian Journal of Statistics 6 (2), 1979.
 */
export function holm(pValues: readonly number[]): number[] {
  const rising = pValues.map((p, index) => ({ p, index })).sort((one, other) => one.p - other.p);
  const corrected = new Array<number>(pValues.length);
  let least = 0;
  for (const [rank, { p, index }] of rising.entries()) {
    least = Math.max(least, Math.min(1, p * (pValues.length - rank)));
    corrected[index] = least;
  }
  return corrected;
}

/**
 * How many times as many observations would make a difference like this one significant, as the deviate of a test's
 * normal approximation grows with their root; undefined where it is so small that none can be told. `p` and `alpha` are two-sided.
 */
export function timesToDecide(p: number, alpha: number): number | undefined {
  const [found, needed] = [deviate(p), deviate(alpha)];
  return found < leastDeviate ? undefined : Math.max(1, (needed / found) ** 2);
}

/** Below it the difference is as good as none: a hundred times the frames would not do. */
const leastDeviate = 0.25;

/** The standard normal deviate with the two-sided probability p, by halving. */
function deviate(p: number): number {
  let [low, high] = [0, 10];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (2 * upperTail(middle) > p) low = middle;
    else high = middle;
  }
  return low;
}
