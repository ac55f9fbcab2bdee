/** Who is compared: what people flip with today, and guesthead. */
import assert from 'node:assert/strict';
import type { Lab } from '../../src/lab/index.js';
import type { RunResult } from '../../src/report/index.js';
import type { Client } from './window.js';

/** The mode-setting objects of the display's first connector, as modetest names them. */
interface Objects {
  readonly connector: string;
  readonly crtc: string;
  readonly plane: string;
}

/**
 * V8 interprets a function first and compiles it once it has run often enough: at 75 flips a second and
 * under emulation that is over after so long, and what a flip costs from then on is what it costs.
 */
export const compiledSeconds = 40;

/** In the order of their turns: the two that a goal compares come one right after the other. */
export async function clients(lab: Lab, mode: { width: number; height: number; hz: number }): Promise<Client[]> {
  const { connector, crtc, plane } = await objectsOf(lab);
  const size = `${mode.width}x${mode.height}`;
  const flipping = (name: string) => guesthead(name, ['--mode', `${size}@${mode.hz}`, '--pattern', 'none']);
  const timing = `${size}-${mode.hz}`;
  return [
    { ...flipping('guesthead'), warmUpSeconds: compiledSeconds },
    modetest('modetest -a -v', ['-a', '-s', `${connector}@${crtc}:${timing}`, '-P', `${plane}@${crtc}:${size}`, '-v']),
    modetest('modetest -v', ['-s', `${connector}@${crtc}:${timing}`, '-v']),
    flipping('guesthead, just started'),
  ];
}

export const kmscube: Client = { name: 'kmscube', command: ['kmscube'] };

/** A program on the library, which flips at first and changes over at each SIGUSR2. */
export const program: Client = {
  name: 'program',
  command: ['node', '--import', 'tsx', 'test/bench/guest/presents.ts'],
  warmUpSeconds: compiledSeconds,
};

export function guesthead(name: string, options: readonly string[]): Client {
  return { name, command: ['guesthead', 'run', '--seconds', '3600', '--json', ...options] };
}

export function resultOf(output: string): RunResult {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  assert.match(line, /^\{/, output);
  return JSON.parse(line) as RunResult;
}

function modetest(name: string, words: readonly string[]): Client {
  return { name, command: ['modetest', '-M', 'virtio_gpu', ...words] };
}

async function objectsOf(lab: Lab): Promise<Objects> {
  const { stdout } = await lab.run(['modetest', '-M', 'virtio_gpu', '-c', '-p']);
  const connector = /^(\d+)\t\d+\tconnected/m.exec(stdout)?.[1];
  const crtc = /^CRTCs:\n.*\n(\d+)/m.exec(stdout)?.[1];
  const plane = /^Planes:\n.*\n(\d+)/m.exec(stdout)?.[1];
  assert.ok(connector !== undefined && crtc !== undefined && plane !== undefined, stdout);
  return { connector, crtc, plane };
}
