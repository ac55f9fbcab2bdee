#!/usr/bin/env node
/**
 * Brings what a fresh clone lacks, and nothing else: `node scripts/setup.mjs [--only STEP,…]`.
 * Uses nothing but Node's own modules, because there may be no others yet.
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addon, build, modules } from './setup/checkout.mjs';
import { kernel } from './setup/kernel.mjs';
import { withLock } from './setup/lock.mjs';
import { browser, clients, conformance, packages, seat, terminals } from './setup/packages.mjs';
import { say, showing } from './setup/progress.mjs';
import { SetupError, root, withSignals } from './setup/run.mjs';

/** In the order in which they need each other. */
const steps = [packages, modules, addon, build, kernel, browser, terminals, clients, seat, conformance];
export const stepNames = steps.map(({ name }) => name);
/** What all but the tests need. */
const forTests = [browser, terminals, clients, seat, conformance];
export const everyday = steps.filter((step) => !forTests.includes(step)).map(({ name }) => name);

/** Takes the steps that are not done; resolves to whether all are done now. */
export async function setup({ only = everyday } = {}) {
  const wanted = steps.filter(({ name }) => only.includes(name));
  return wanted.every((step) => step.isDone()) || alone(() => take(wanted));
}

/** Does work of which only one process at a time may be at it in this checkout; tells why it failed, and resolves to whether it did not. */
export async function alone(work) {
  try {
    await withSignals(() => withLock(root, work, tellOfWait));
    return true;
  } catch (error) {
    report(error);
    return false;
  }
}

async function take(wanted) {
  for (const step of wanted) if (!step.isDone()) await showing(step.name, (tell) => step.bring(tell));
}

function tellOfWait() {
  say('waiting for another set-up of this checkout');
}

function report(error) {
  if (!(error instanceof SetupError)) throw error;
  if (error.lastLines !== '') process.stderr.write(`${error.lastLines}\n`);
  say(error.message);
  if (error.advice !== undefined) say(error.advice);
}

async function main() {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const only = values.only?.split(',') ?? everyday;
  const unknown = only.filter((name) => !stepNames.includes(name));
  if (unknown.length === 0) return (await setup({ only })) ? 0 : 1;
  say(`no step called ${unknown.join(', ')}; the steps are ${stepNames.join(', ')}`);
  return 2;
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) process.exitCode = await main();
