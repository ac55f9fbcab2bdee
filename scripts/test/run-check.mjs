/** Runs one check, prints its heading and what it said, and counts what passed and failed. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { seconds } from '../setup/progress.mjs';
import { labDir } from '../setup/run.mjs';
import { execute } from './execute.mjs';

const resultsDir = join(labDir, 'test-results');

/** The name of the check whose output is shown as it comes. */
let live;

/**
 * Runs those of its files that are chosen, and resolves to `{passed, failed, skipped, failedFiles}`. A live check shows its output as
 * it comes, any other at its end. What `note` finds in the output of tests, such as the device they ran on, stands beside their
 * numbers.
 */
export async function runCheck(check, chosen = check.files) {
  const started = Date.now();
  if (check.live) console.log(`\n── ${(live = check.name)} …`);
  const { counts, output } = check.files ? await runTests(check, chosen) : await runStatic(check);
  const time = [seconds(started), check.note?.exec(output)?.[1]].filter(Boolean).join(', ');
  const result = check.files ? `${counts.passed} passed, ${counts.failed} failed` : counts.failed ? 'failed' : 'passed';
  const shown = !check.files && counts.failed === 0 ? '' : output.trimEnd();
  console.log(`\n── ${check.name}: ${result} (${time})${shown && `\n${shown}`}`);
  if (check.live) live = undefined;
  else if (live !== undefined) console.log(`\n── ${live} goes on …`);
  return counts;
}

async function runStatic(check) {
  const { status, output } = await execute(check, check.command());
  return { counts: { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 }, output };
}

/** Node's runner tells people on standard output, and us in TAP in a file. */
async function runTests(check, chosen) {
  if (check.files.length === 0) return { counts: oneFailure, output: `no test files for ${check.name}` };
  const results = join(resultsDir, `${check.name}.tap`);
  mkdirSync(resultsDir, { recursive: true });
  rmSync(results, { force: true });
  const reporters = ['spec', 'tap'].flatMap((name) => [
    `--test-reporter=${name}`,
    `--test-reporter-destination=${name === 'tap' ? results : 'stdout'}`,
  ]);
  const { status, output } = await execute(check, await check.command(reporters, chosen));
  return { counts: { ...countTap(results, status), failedFiles: filesThatFailed(results, chosen) }, output };
}

const oneFailure = { passed: 0, failed: 1, skipped: 0 };

/** By where the tests stand that failed, or the suite that a file is. Of what was ended there is nothing to read. */
function filesThatFailed(results, files) {
  const text = readFileSync(results, { encoding: 'utf8', flag: 'a+' });
  const suites = [...text.matchAll(/^not ok \d+ - (\S+\.test\.ts)$/gm)].map(([, file]) => file);
  const failures = [...text.matchAll(/^ *not ok (?:.*\n)(?: +---\n)(?: .*\n)*? +location: '(.+?):\d+:\d+'$/gm)];
  const named = new Set(failures.map(([, file]) => basename(file).replace(/\.[jt]s$/, '')));
  return files.filter((file) => suites.includes(file) || named.has(basename(file, '.ts')));
}

/** The runner's own totals. Where it failed without saying which test, that is one failure. */
function countTap(file, status) {
  const text = readFileSync(file, { encoding: 'utf8', flag: 'a+' });
  const total = (name) => Number([...text.matchAll(new RegExp(`^# ${name} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
  const failed = total('fail') + total('cancelled');
  return {
    passed: total('pass'),
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: total('skipped') + total('todo'),
  };
}
