/** Who is compared: what people flip with today, and guesthead. */
import assert from 'node:assert/strict';
import type { Job, Lab } from '../../src/lab/index.js';
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
 * under emulation that is over after half a minute, and what a flip costs from then on is what it costs.
 */
const compiledSeconds = 40;

export async function clients(lab: Lab, mode: { width: number; height: number; hz: number }): Promise<Client[]> {
  const { connector, crtc, plane } = await objectsOf(lab);
  const size = `${mode.width}x${mode.height}`;
  const flipping = (name: string) => guesthead(name, ['--mode', `${size}@${mode.hz}`, '--pattern', 'none']);
  const timing = `${size}-${mode.hz}`;
  return [
    modetest('modetest -v', ['-s', `${connector}@${crtc}:${timing}`, '-v']),
    modetest('modetest -a -v', ['-a', '-s', `${connector}@${crtc}:${timing}`, '-P', `${plane}@${crtc}:${size}`, '-v']),
    { ...flipping('guesthead'), warmUpSeconds: compiledSeconds },
    flipping('guesthead, just started'),
  ];
}

const interrupt = (job: Job) => {
  job.kill('SIGINT');
};

export const kmscube: Client = {
  name: 'kmscube',
  command: ['stdbuf', '-oL', 'kmscube'], // it would tell a pipe nothing before its buffer is full
  end: interrupt,
  rate: (output, before) => meanRate(output.slice(before.length), /\(([\d.]+) fps\)/g),
};

/** Of rates told after equal counts of flips, or equal times that are long against a flip. */
function meanRate(output: string, told: RegExp): number {
  const rates = [...output.matchAll(told)].map(([, hz]) => Number(hz));
  assert.ok(rates.length > 0, `no rate in: ${output}`);
  return rates.length / rates.reduce((seconds, hz) => seconds + 1 / hz, 0);
}

export function guesthead(name: string, options: readonly string[]): Client {
  return {
    name,
    command: ['guesthead', 'run', '--seconds', '600', '--json', ...options],
    end: interrupt,
    rate: (output) => resultOf(output).flipsPerSecond,
  };
}

export function resultOf(output: string): RunResult {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  assert.match(line, /^\{/, output);
  return JSON.parse(line) as RunResult;
}

function modetest(name: string, words: readonly string[]): Client {
  return {
    name,
    command: ['modetest', '-M', 'virtio_gpu', ...words],
    end: interrupt, // -a does not listen to its standard input
    rate: (output, before) => meanRate(output.slice(before.length), /freq: ([\d.]+)Hz/g),
  };
}

async function objectsOf(lab: Lab): Promise<Objects> {
  const { stdout } = await lab.run(['modetest', '-M', 'virtio_gpu', '-c', '-p']);
  const connector = /^(\d+)\t\d+\tconnected/m.exec(stdout)?.[1];
  const crtc = /^CRTCs:\n.*\n(\d+)/m.exec(stdout)?.[1];
  const plane = /^Planes:\n.*\n(\d+)/m.exec(stdout)?.[1];
  assert.ok(connector !== undefined && crtc !== undefined && plane !== undefined, stdout);
  return { connector, crtc, plane };
}
