#!/usr/bin/env node
/**
 * `npm test [-- GROUP …]`: the set-up, then every check, closing with one line over
 * all of them. The patient ones run beside the lab's tests, on the time that those leave. What failed beside others runs once more
 * alone, and is counted by that: a shared machine and an emulated one have their hiccups, and both outcomes are told.
 */
import { groups } from './test/checks.mjs';
import { endAll } from './test/execute.mjs';
import { runCheck } from './test/run-check.mjs';
import { setup, stepNames } from './setup.mjs';

async function main(names) {
  const unknown = names.filter((name) => !(name in groups));
  if (unknown.length > 0) {
    console.error(`no group called ${unknown.join(', ')}; the groups are ${Object.keys(groups).join(', ')}`);
    return 2;
  }
  if (!(await setup({ only: stepNames.filter((name) => name !== 'build') }))) return summarize([failure]);
  // A type error stops only what needs it mended: the compiler has written its output all the same.
  const built = (await setup({ only: ['build'] })) ? [] : [failure];
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, (_name, number) => endAll(128 + number));
  return summarize([...built, ...(await runGroups(names.length > 0 ? names : Object.keys(groups)))]);
}

const failure = { passed: 0, failed: 1, skipped: 0 };

async function runGroups(names) {
  const checks = Object.keys(groups).flatMap((name) => (names.includes(name) ? groups[name] : []));
  const isPatient = (check) => check.patient !== false;
  const impatient = checks.filter((check) => !isPatient(check));
  const patient = checks
    .filter(isPatient)
    .sort(longestFirst)
    .map((check) => ({ ...check, patient: impatient.length > 0 }));
  const results = (await Promise.all([inLanes(1, impatient), inLanes(2, patient)])).flat();
  return [...results.map(({ counts }) => counts), ...(await onceMore(results))];
}

/** More than so many files that fail are no hiccup; one test of the addon's is two, for it runs under sanitizers, too. */
const hiccups = 5;

/** What is to be added to the counts: a failure that does not come again is a pass. */
async function onceMore(results) {
  const failed = results.filter(({ counts }) => counts.failed > 0);
  const files = failed.flatMap(({ counts }) => counts.failedFiles ?? []);
  const isKnown = failed.every(({ counts }) => counts.failedFiles?.length > 0);
  if (results.length === 1 || files.length === 0 || files.length > hiccups || !isKnown) return [];
  console.log(`\n── once more, alone: ${files.join(', ')}`);
  const changes = [];
  for (const { check, counts } of failed) {
    const again = await runCheck({ ...check, name: `${check.name}-again`, patient: false }, counts.failedFiles);
    const mended = Math.max(counts.failed - again.failed, 0);
    changes.push({ passed: mended, failed: -mended, skipped: 0, mended });
  }
  return changes;
}

/** The longest first, so that both lanes end together; the others as they stand. */
const longest = ['patient-lab', 'addon', 'unit'];
const longestFirst = (one, other) => rank(one) - rank(other);
const rank = ({ name }) => (longest.includes(name) ? longest.indexOf(name) : longest.length);

/** So many at a time, each lane taking the next check. */
async function inLanes(lanes, checks) {
  const left = [...checks];
  const results = [];
  const lane = async () => {
    for (let check = left.shift(); check !== undefined; check = left.shift())
      results.push({ check, counts: await runCheck(check) });
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

function summarize(counts) {
  const total = (kind) => counts.reduce((sum, count) => sum + count[kind], 0);
  const skipped = total('skipped') > 0 ? `, ${total('skipped')} skipped` : '';
  const mended = counts.reduce((sum, count) => sum + (count.mended ?? 0), 0);
  const second = mended > 0 ? `; ${mended} of those that passed did so when run again, alone` : '';
  console.log(`\n${total('passed')} passed, ${total('failed')} failed${skipped}${second}`);
  return total('failed') > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
