#!/usr/bin/env node
/**
 * `npm run docs`: the documentation site, in .lab/docs. What builds it has a package.json and a lock of its own in
 * docs/, because it doubles what npm has to fetch, and nobody needs it to run or to test guesthead.
 */
import { join } from 'node:path';
import { alone } from './setup.mjs';
import { modules } from './setup/checkout.mjs';
import { say, showing } from './setup/progress.mjs';
import { attempt, root, run, SetupError } from './setup/run.mjs';
import { digestOf, isStamped, putStamp } from './setup/stamp.mjs';

const docs = join(root, 'docs');
const stamp = 'docs/node_modules/.guesthead-lock';
const program = (path, ...args) => [process.execPath, join(docs, 'node_modules', path), ...args];

async function build() {
  if (!modules.isDone()) await showing('modules', modules.bring);
  await showing('modules of docs/', bringTools);
  await showing('api', () => quietly(program('typedoc/bin/typedoc')));
  await showing('site', () => quietly(program('vitepress/bin/vitepress.js', 'build')));
  say('the site is in .lab/docs');
}

async function bringTools() {
  const digest = digestOf(['docs/package-lock.json']);
  if (isStamped(stamp, digest)) return;
  await run(['npm', 'ci', '--no-progress'], { cwd: docs, advice: 'is the npm registry reachable from here?' });
  putStamp(stamp, digest);
}

/** A warning fails the build: it is a page that says less than it should, or a link that leads nowhere. */
async function quietly(command) {
  const { status, output } = await attempt(command, { cwd: docs, env: { NO_COLOR: '1' } });
  if (status !== 0) throw new SetupError(`it ended with ${status}`, { output });
  if (/\bwarn(ing)?\b|\(!\)/i.test(output)) throw new SetupError('it warned', { output });
}

process.exitCode = (await alone(build)) ? 0 : 1;
