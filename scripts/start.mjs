#!/usr/bin/env node
/**
 * `npm start [-- RUN OPTIONS]`: the set-up, then `guesthead run`: here where this
 * machine has both devices, in the lab otherwise. Standard output is the run's alone.
 */
import { parseArgs } from 'node:util';
import { passThrough } from './pass-through.mjs';
import { everyday, setup } from './setup.mjs';

const guesthead = 'dist/cli/main.cjs';

async function main(args) {
  if (!(await setup({ only: everyday.filter((name) => name !== 'kernel') }))) return 1;
  const direct = asksForHelp(args) || (await hasBothDevices(args));
  if (!direct && !(await setup({ only: ['kernel'] }))) return 1;
  console.error(direct ? 'running on this machine itself' : 'no virtio-gpu and render GPU here: running in the lab');
  return passThrough([process.execPath, guesthead, ...(direct ? runWords(args) : labWords(args))]);
}

function runWords(args) {
  const { frames, seconds } = runOptions(args);
  return ['run', ...((frames ?? seconds) ? [] : ['--frames', '600']), ...args];
}

/** The counter pattern is what a capture of the host's screen can be compared with. */
function labWords(args) {
  const { mode, pattern } = runOptions(args);
  const size = /^\d+x\d+/.exec(mode ?? '')?.[0];
  const labOptions = [
    ...((pattern ?? 'counter') === 'counter' ? ['--capture', '3'] : []),
    ...(size === undefined ? [] : ['--size', size]), // so that the guest's connector has the mode
  ];
  const patternWords = pattern === undefined ? ['--pattern', 'counter'] : [];
  return ['lab', 'run', ...labOptions, '--', 'node_modules/.bin/guesthead', ...runWords(args), ...patternWords];
}

/** Only the options that decide something here; `guesthead run` judges them all. */
function runOptions(args) {
  const text = { type: 'string' };
  const options = { mode: text, pattern: text, frames: text, seconds: text, render: text, display: text };
  return parseArgs({ args, options, strict: false }).values;
}

function asksForHelp(args) {
  return args.includes('--help') || args.includes('-h');
}

/** Asked of guesthead itself, so that what is chosen here is what `guesthead run` will choose. */
async function hasBothDevices(args) {
  const { discover, selectDisplay, selectRender } = await import('../dist/device/index.js');
  const { render = 'auto', display = 'auto' } = runOptions(args);
  const devices = discover();
  try {
    selectRender(devices, render, selectDisplay(devices, display).device);
    return true;
  } catch {
    return false;
  }
}

process.exitCode = await main(process.argv.slice(2));
