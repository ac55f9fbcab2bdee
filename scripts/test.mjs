#!/usr/bin/env node
/**
 * `npm test [-- GROUP …]`: the set-up, then every check, closing with one line over
 * all of them. The patient ones run beside the lab's tests, on the time that those leave.
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
  const checks = ordered.filter((name) => names.includes(name)).flatMap((name) => groups[name]);
  const isPatient = (check) => check.patient !== false;
  const impatient = checks.filter((check) => !isPatient(check));
  const patient = checks.filter(isPatient).map((check) => ({ ...check, patient: impatient.length > 0 }));
  const counts = await Promise.all([inLanes(1, impatient), inLanes(2, patient)]);
  return counts.flat();
}

/** The longest first, so that both lanes end together; the sanitizers' tests take as long as all the others of the addon. */
const ordered = ['addon', 'unit', 'lint', 'gl', 'browser', 'contract', 'package', 'wlcs', 'lab'];

/** So many at a time, each lane taking the next check. */
async function inLanes(lanes, checks) {
  const left = [...checks];
  const counts = [];
  const lane = async () => {
    for (let check = left.shift(); check !== undefined; check = left.shift()) counts.push(await runCheck(check));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return counts;
}

function summarize(counts) {
  const total = (kind) => counts.reduce((sum, count) => sum + count[kind], 0);
  const skipped = total('skipped') > 0 ? `, ${total('skipped')} skipped` : '';
  console.log(`\n${total('passed')} passed, ${total('failed')} failed${skipped}`);
  return total('failed') > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
