/** A comparison as a table for people. */
import { formatValue, type ComparedFigure, type ComparedHead, type Comparison } from './compare.js';

export function describeComparison(comparison: Comparison): string[] {
  const { heads, regressions, notes, verdict, alpha, thresholdPercent } = comparison;
  const rule = `worse: by more than ${thresholdPercent} %, with p, which is corrected for the number of figures, of ${alpha} at the most; not proven: by more than that, but it may be noise`;
  const told = [...regressions.map((why) => `- ${why}`), ...notes.map((note) => `note: ${note}`)];
  return [...heads.flatMap(headLines), ...told, rule, `verdict: ${verdict}`];
}

function headLines({ connector, differences, figures }: ComparedHead): string[] {
  const rows = [[connector, 'A', 'B', 'B/A', 'p', ''], ...figures.map(cellsOf)];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const table = rows.map((row) =>
    row
      .map((cell, i) => (i === 0 || i === row.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return [...table, ...differences.map((difference) => `not the same in both: ${difference}`), ''];
}

function cellsOf({ figure, unit, a, b, ratio, p, change, framesToDecide }: ComparedFigure): string[] {
  const chance = p === null ? '' : p < 0.0001 ? '<0.0001' : p.toFixed(4);
  const values = [formatValue(a), formatValue(b), ratio === null ? '–' : ratio.toFixed(3)];
  return [`${figure}, ${unit}`, ...values, chance, `${change ?? 'not judged'}${moreOf(change, framesToDecide)}`];
}

function moreOf(change: ComparedFigure['change'], frames: number | null): string {
  if (change !== 'not proven') return '';
  return frames === null ? ': no number of frames would decide' : `: about ${frames} frames each would decide`;
}
