/** Two runs side by side, and whether the second is worse than the first. */
import { GuestheadError } from '../../errors.js';
import { measure, type Measured } from './figures.js';
import type { ComparableHead, ComparableRun } from './read.js';
import { holm } from './statistics.js';

export interface CompareOptions {
  /** The probability of a false alarm of the whole comparison, above 0 and below 1. Default 0.01. */
  readonly alpha?: number;
  /** What a figure may be worse by, percent of that of A. Default 5. */
  readonly thresholdPercent?: number;
}

export interface ComparedFigure extends Omit<Measured, 'leastDifference'> {
  /** b / a; null where there is nothing to divide by. */
  readonly ratio: number | null;
  /** `same`: the difference may be noise, or is below the threshold; null: not judged. */
  readonly change: 'same' | 'better' | 'worse' | null;
}

export interface ComparedHead {
  readonly connector: string;
  /** What else than the guest's software differs, so that the figures may. */
  readonly differences: readonly string[];
  readonly figures: readonly ComparedFigure[];
}

export interface Comparison {
  readonly verdict: 'same' | 'better' | 'regression';
  /** Why it is a regression. */
  readonly regressions: readonly string[];
  readonly alpha: number;
  readonly thresholdPercent: number;
  readonly heads: readonly ComparedHead[];
}

export const defaultAlpha = 0.01;
export const defaultThresholdPercent = 5;

/** Throws ERR_USAGE where A has no figures, or the two have no connector in common. */
export function compareRuns(
  a: ComparableRun,
  b: ComparableRun,
  { alpha = defaultAlpha, thresholdPercent = defaultThresholdPercent }: CompareOptions = {},
): Comparison {
  if (a.heads.length === 0)
    throw new GuestheadError('ERR_USAGE', `The first run has no figures: ${a.reasons.join('; ')}`, {
      advice: 'compare with a run that flipped',
    });
  const pairs = pairsOf(a, b);
  const heads = judge(pairs, alpha, thresholdPercent);
  const worse = heads.flatMap(({ connector, figures }) =>
    figures.filter(({ change }) => change === 'worse').map((figure) => `${connector}: ${sentence(figure)}`),
  );
  const regressions = [...verdictFell(a, b), ...headsLost(a, b), ...worse];
  const better = heads.some(({ figures }) => figures.some(({ change }) => change === 'better'));
  const verdict = regressions.length > 0 ? 'regression' : better ? 'better' : 'same';
  return { verdict, regressions, alpha, thresholdPercent, heads };
}

interface Pair {
  readonly a: ComparableHead;
  readonly b: ComparableHead;
}

function pairsOf(a: ComparableRun, b: ComparableRun): Pair[] {
  const pairs = a.heads.flatMap((head) => {
    const other = b.heads.find(({ display }) => display.connector === head.display.connector);
    return other === undefined ? [] : [{ a: head, b: other }];
  });
  if (pairs.length > 0 || b.heads.length === 0) return pairs;
  const names = ({ heads }: ComparableRun) => heads.map(({ display }) => display.connector).join(', ');
  throw new GuestheadError('ERR_USAGE', `The runs have no connector in common: ${names(a)}; ${names(b)}`, {
    advice: 'run both with the same --connector',
  });
}

/** All figures of all heads are one family of tests. */
function judge(pairs: readonly Pair[], alpha: number, thresholdPercent: number): ComparedHead[] {
  const measured = pairs.map(({ a, b }) => measure(a, b));
  const judged = measured.flat().filter(({ p }) => p !== null);
  const significant = holm(
    judged.map(({ p }) => p ?? 1),
    alpha,
  );
  const beyondNoise = new Set(judged.filter((_, index) => significant[index]));
  return pairs.map(({ a, b }, index) => ({
    connector: a.display.connector,
    differences: differencesOf(a, b),
    figures: (measured[index] ?? []).map((figure) => compared(figure, beyondNoise.has(figure), thresholdPercent)),
  }));
}

function compared(measured: Measured, significant: boolean, thresholdPercent: number): ComparedFigure {
  const { leastDifference, ...figure } = measured;
  const { a, b, p, better } = figure;
  const ratio = a === null || b === null || a === 0 ? null : b / a;
  if (p === null || a === null || b === null) return { ...figure, ratio, change: null };
  const difference = better === 'lower' ? b - a : a - b; // above 0 = worse
  const allowed = Math.max(leastDifference, (Math.abs(a) * thresholdPercent) / 100);
  if (!significant || Math.abs(difference) <= allowed) return { ...figure, ratio, change: 'same' };
  return { ...figure, ratio, change: difference > 0 ? 'worse' : 'better' };
}

function differencesOf(a: ComparableHead, b: ComparableHead): string[] {
  const modeOf = ({ mode }: ComparableHead) => `${mode.width}x${mode.height}@${mode.refreshHz.toFixed(2)}`;
  const looks: readonly (readonly [what: string, of: (head: ComparableHead) => string])[] = [
    ['mode', modeOf],
    ['path', ({ path }) => path],
    ['render driver', ({ render }) => render.driver],
    ['display driver', ({ display }) => display.driver],
    ['pace judged by', ({ judged }) => judged?.pace ?? 'mode'],
  ];
  return looks.filter(([, of]) => of(a) !== of(b)).map(([what, of]) => `${what} ${of(a)}, then ${of(b)}`);
}

function verdictFell(a: ComparableRun, b: ComparableRun): string[] {
  if (a.verdict !== 'pass' || b.verdict !== 'fail') return [];
  return [`passed, then failed${b.reasons.length === 0 ? '' : `: ${b.reasons.join('; ')}`}`];
}

function headsLost(a: ComparableRun, b: ComparableRun): string[] {
  const there = new Set(b.heads.map(({ display }) => display.connector));
  const lost = a.heads.map(({ display }) => display.connector).filter((connector) => !there.has(connector));
  return lost.map((connector) => `${connector}: flipped, then did not`);
}

function sentence({ figure, a, b, unit, ratio }: ComparedFigure): string {
  const times = ratio === null ? '' : ` (×${ratio.toFixed(2)})`;
  return `${figure} ${formatValue(a)} → ${formatValue(b)} ${unit}${times}`;
}

/** Three figures behind the point are µs. */
export function formatValue(value: number | null): string {
  if (value === null) return '–';
  return value >= 1000 ? value.toFixed(0) : value >= 10 ? value.toFixed(2) : value.toFixed(3);
}
