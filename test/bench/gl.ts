/** What drawing with the GPU costs: beside a program in C that does nothing else, for a part of the picture, and the event loop. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundle } from '../../scripts/setup/bundle.mjs';
import type { Lab } from '../../src/lab/index.js';
import { compileTool } from '../../src/lab/tools.js';
import { packageRoot } from '../../src/package-root.js';
import type { GlResult, RunResult } from '../../src/report/index.js';
import { missesIn, missesRun, type Misses } from './gl-misses.js';
import type { Say } from './sections.js';

/** CPU time of a whole process a frame of three layers, 1280x720, in milliseconds; one round's. */
export interface Composed {
  /** The program in C. */
  readonly peerMs: number;
  readonly composeMs: number;
  /** With a twentieth of the picture damaged. */
  readonly damagedMs: number;
}

/** What a run's `--json` tells of GL, ms. */
export type Held = Pick<GlResult, 'glStallMs' | 'queueMs' | 'drawMs' | 'renderFenceMs'>;

const heldPatterns = ['counter', 'smpte'] as const;
/** By pattern, of each run. */
export type Stalls = Readonly<Record<(typeof heldPatterns)[number], readonly Held[]>>;

/** A texture that an emulated processor filters takes it a second: few are enough, and LLVM compiles before. */
const composing = ['2', '10'];
const holding = ['--draw', 'gl', '--load', '20', '--frames', '300', '--json'];
/** vgem is in no list by its name. */
const findVgem =
  'for c in /sys/class/drm/card?; do case $(readlink -f $c) in */vgem/*) echo /dev/dri/${c##*/};; esac; done';

/** Both draw the same picture, which is seen to first. */
export async function composeInTurn(lab: Lab, rounds: number, say: Say): Promise<Composed[]> {
  const node = (await lab.run(['sh', '-c', findVgem])).stdout.trim();
  const peer = [await buildPeer(), node];
  const ours = [...script('compose'), node];
  await assertSamePicture(lab, peer, ours);
  const taken: Composed[] = [];
  for (let round = 1; round <= rounds; round++) {
    const { cpuMs: peerMs } = await told<{ cpuMs: number }>(lab, [...peer, ...composing]);
    const own = await told<{ cpuMs: number; damagedCpuMs: number }>(lab, [...ours, ...composing]);
    const each = { peerMs, composeMs: own.cpuMs, damagedMs: own.damagedCpuMs };
    taken.push(each);
    say(`round ${round} of ${rounds}, three layers: ${Object.values(each).map(Math.round).join(', ')} ms CPU a frame`);
  }
  return taken;
}

export async function stallsInTurn(lab: Lab, rounds: number, say: Say): Promise<Stalls> {
  const taken: Record<keyof Stalls, Held[]> = { counter: [], smpte: [] };
  for (let round = 1; round <= rounds; round++)
    for (const pattern of heldPatterns) {
      const { gl } = await toldByRun<Pick<RunResult, 'gl'>>(lab, [...holding, '--pattern', pattern]);
      assert.ok(gl !== null, 'GL did not draw');
      taken[pattern].push(gl);
      say(`round ${round} of ${rounds}, ${pattern} by GL: the event loop held for ${gl.glStallMs?.p99} ms (p99)`);
    }
  return taken;
}

export async function misses(lab: Lab): Promise<Misses> {
  return missesIn(await toldByRun(lab, missesRun));
}

function toldByRun<T>(lab: Lab, options: readonly string[]): Promise<T> {
  return told(lab, ['node', 'dist/cli/main.cjs', 'run', ...options]);
}

function script(name: string): string[] {
  bundle({ [name]: `test/bench/guest/${name}.ts` }, `.lab/scripts/${name}`);
  return ['node', `.lab/scripts/${name}/${name}.js`];
}

async function buildPeer(): Promise<string> {
  const { stdout } = await promisify(execFile)('pkg-config', ['--cflags', '--libs', 'egl', 'glesv2', 'gbm']);
  const words = stdout.split(/\s+/).filter((word) => word !== '');
  return compileTool(join(packageRoot, 'test/bench/tools/compose.c'), 'compose', words);
}

async function assertSamePicture(lab: Lab, ...programs: readonly string[][]): Promise<void> {
  const digests = new Set<string>();
  for (const words of programs) {
    const { stdout } = await lab.run(['sh', '-c', '"$@" 0 1 --pixels | sha256sum', 'sh', ...words]);
    digests.add(stdout.trim());
  }
  assert.equal(digests.size, 1, `the two draw different pictures: ${[...digests].join(', ')}`);
}

async function told<T>(lab: Lab, words: readonly string[]): Promise<T> {
  const { stdout, stderr, status } = await lab.run(words);
  assert.equal(status, 0, `${words.join(' ')}:\n${stdout}\n${stderr}`);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as T;
}
