#!/usr/bin/env node
/**
 * `npm start [-- RUN OPTIONS]`: the set-up, then `guesthead run`: here where this
 * machine has both devices, in the lab otherwise. Standard output is the run's alone.
 */
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { passThrough } from './pass-through.mjs';
import { setup, stepNames } from './setup.mjs';

const guesthead = 'dist/cli/main.js';
const displayDriver = 'virtio_gpu';

async function main(args) {
  const direct = hasBothDevices() || asksForHelp(args);
  const only = direct ? stepNames.filter((name) => name !== 'kernel') : stepNames;
  if (!(await setup({ only }))) return 1;
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
  const options = { mode: text, pattern: text, frames: text, seconds: text };
  return parseArgs({ args, options, strict: false }).values;
}

function asksForHelp(args) {
  return args.includes('--help') || args.includes('-h');
}

/** A virtio-gpu display, and a render node of some other driver. */
function hasBothDevices() {
  const nodes = existsSync('/dev/dri') ? readdirSync('/dev/dri') : [];
  const isOfDisplay = (node) => driverOf(node) === displayDriver;
  const cards = nodes.filter((node) => node.startsWith('card'));
  const renderNodes = nodes.filter((node) => node.startsWith('renderD'));
  return cards.some(isOfDisplay) && !renderNodes.every(isOfDisplay);
}

/** Undefined for a device that has none, such as vgem's. */
function driverOf(node) {
  try {
    return basename(readlinkSync(join('/sys/class/drm', node, 'device/driver')));
  } catch {
    return undefined;
  }
}

process.exitCode = await main(process.argv.slice(2));
