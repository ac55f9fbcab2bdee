/** A comparison as a table for people. */
import { formatValue, type ComparedFigure, type ComparedHead, type Comparison } from './compare.js';

export function describeComparison(comparison: Comparison): string[] {
  const { heads, regressions, verdict, alpha, thresholdPercent } = comparison;
  const rule = `worse: by more than ${thresholdPercent} %, and noise with a probability of ${alpha} at the most, all figures together`;
  return [...heads.flatMap(headLines), ...regressions.map((why) => `- ${why}`), rule, `verdict: ${verdict}`];
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

function cellsOf({ figure, unit, a, b, ratio, p, change }: ComparedFigure): string[] {
  const chance = p === null ? '' : p < 0.0001 ? '<0.0001' : p.toFixed(4);
  const values = [formatValue(a), formatValue(b), ratio === null ? '–' : ratio.toFixed(3)];
  return [`${figure}, ${unit}`, ...values, chance, change ?? 'not judged'];
}
