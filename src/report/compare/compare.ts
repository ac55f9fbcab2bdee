/** Two runs side by side, and whether the second is worse than the first. */
import { GuestheadError } from '../../errors.js';
import { measure, type Measured } from './figures.js';
import type { ComparableHead, ComparableRun } from './read.js';
import { holm, timesToDecide } from './statistics.js';

export interface CompareOptions {
  /** The probability of a false alarm of the whole comparison, above 0 and below 1. Default 0.01. */
  readonly alpha?: number;
  /** What a figure may be worse by, percent of that of A. Default 5. */
  readonly thresholdPercent?: number;
}

export interface ComparedFigure extends Omit<Measured, 'leastDifference' | 'p'> {
  /** b / a; null where there is nothing to divide by. */
  readonly ratio: number | null;
  /** Corrected for the number of figures judged: what `alpha` is the limit of; null: not judged. */
  readonly p: number | null;
  /** `same`: the difference is below the threshold; `not proven`: it is above, and may be noise; null: not judged. */
  readonly change: 'same' | 'not proven' | 'better' | 'worse' | null;
  /** Of each run: about so many would decide what is not proven; null where nothing is to be decided, or no number would do. */
  readonly framesToDecide: number | null;
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
  /** What changed and is no regression. */
  readonly notes: readonly string[];
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
  const fell = verdictFell(a, b);
  const isHard = failedByMore(b);
  const regressions = [...(isHard ? fell : []), ...headsLost(a, b), ...worse];
  const notes =
    isHard || worse.length > 0 ? [] : fell.map((text) => `${text}; no figure behind it differs by more than noise`);
  const better = heads.some(({ figures }) => figures.some(({ change }) => change === 'better'));
  const verdict = regressions.length > 0 ? 'regression' : better ? 'better' : 'same';
  return { verdict, regressions, notes, alpha, thresholdPercent, heads };
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
  const judged = measured.flat().flatMap((figure) => (figure.p === null ? [] : [{ figure, p: figure.p }]));
  const corrected = holm(judged.map(({ p }) => p));
  const chances = new Map(judged.map(({ figure }, index) => [figure, corrected[index] ?? 1]));
  return pairs.map(({ a, b }, index) => ({
    connector: a.display.connector,
    differences: differencesOf(a, b),
    figures: (measured[index] ?? []).map((figure) => {
      const change = changeOf(figure, (chances.get(figure) ?? 1) <= alpha, thresholdPercent);
      const frames = change === 'not proven' ? framesToDecide(figure, { a, b }, alpha / judged.length) : null;
      return { ...shown(figure), p: chances.get(figure) ?? null, change, framesToDecide: frames };
    }),
  }));
}

function shown({ figure, unit, better, a, b }: Measured) {
  return { figure, unit, better, a, b, ratio: a === null || b === null || a === 0 ? null : b / a };
}

function changeOf({ a, b, p, better, leastDifference }: Measured, significant: boolean, thresholdPercent: number) {
  if (p === null || a === null || b === null) return null;
  const difference = better === 'lower' ? b - a : a - b; // above 0 = worse
  const allowed = Math.max(leastDifference, (Math.abs(a) * thresholdPercent) / 100);
  if (Math.abs(difference) <= allowed) return 'same';
  if (!significant) return 'not proven';
  return difference > 0 ? 'worse' : 'better';
}

/** Rounded up to hundreds. */
function framesToDecide({ p }: Measured, { a, b }: Pair, alpha: number): number | null {
  const times = timesToDecide(p ?? 1, alpha);
  return times === undefined ? null : Math.ceil((Math.max(a.frames, b.frames) * times) / 100) * 100;
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

/** By the figures' own limits a run fails where one of them lies just beyond: then their comparison decides. */
const byFigures: readonly string[] = ['pace', 'rate', 'starvation'];

/** A fault, a tear, a copy or a wrong capture; and whatever a run failed by that does not tell. */
function failedByMore({ heads }: ComparableRun): boolean {
  const failed = heads.filter(({ verdict }) => verdict === 'fail');
  return (
    failed.length === 0 ||
    failed.some(({ judged }) => judged?.failed?.every((what) => byFigures.includes(what)) !== true)
  );
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
