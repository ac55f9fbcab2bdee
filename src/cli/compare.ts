/** `guesthead compare`: two runs' JSON side by side, and an exit status that serves `git bisect run`. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { errnoOf, GuestheadError } from '../errors.js';
import { failStatus } from './failure.js';
import { probability, percentage } from './parse.js';
import { forTerminal } from './word-wrap.js';

interface CompareCliOptions {
  readonly json?: boolean;
  readonly alpha?: number;
  readonly threshold?: number;
}

export function addCompareCommand(
  program: Command,
  print: (text: string) => unknown = (text) => process.stdout.write(text),
): void {
  program
    .command('compare')
    .description('says whether the second of two runs is worse than the first, or the difference may be noise')
    .argument('<a.json>', 'what `guesthead run --json --samples` printed')
    .argument('<b.json>', 'the same of another kernel, QEMU or guesthead')
    .option('--alpha <p>', 'the probability of a false alarm (default: 0.01)', probability)
    .option('--threshold <percent>', 'what a figure may be worse by (default: 5)', percentage)
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExit status: 0 no regression, 1 a regression, 2 files that cannot be compared.')
    .action(async (a: string, b: string, options: CompareCliOptions) => {
      print(await compare(a, b, options));
    });
}

/** What is to be printed; sets the exit status. */
async function compare(a: string, b: string, { json, alpha, threshold }: CompareCliOptions): Promise<string> {
  const { compareRuns, describeComparison, parseRun } = await import('../report/compare/index.js');
  const [runA, runB] = [parseRun(read(a), a), parseRun(read(b), b)];
  const comparison = compareRuns(runA, runB, {
    ...(alpha === undefined ? {} : { alpha }),
    ...(threshold === undefined ? {} : { thresholdPercent: threshold }),
  });
  const text =
    json === true ? JSON.stringify(comparison) : forTerminal(describeComparison(comparison).join('\n'), process.stdout);
  process.exitCode = comparison.verdict === 'regression' ? failStatus : 0;
  return `${text}\n`;
}

/** Throws ERR_USAGE. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new GuestheadError('ERR_USAGE', `${file} cannot be read`, {
      ...{ operation: 'open', errno: errnoOf(error), cause: error },
      advice: 'give two files that `guesthead run --json --samples` printed',
    });
  }
}
