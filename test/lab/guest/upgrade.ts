/** A head that starts low on the ladder of buffer paths, for the display refuses foreign buffers for a while, and climbs. */
import { renameSync, writeFileSync } from 'node:fs';
import { firstValueFrom, skip, Subject } from 'rxjs';
import { getResources } from '../../../src/ffi/index.js';
import { askWitness } from '../../../src/lab/index.js';
import { propertyId } from '../../../src/kms/atomic.js';
import { GpuPair } from '../../../src/gpus/index.js';
import { openHeadOn } from '../../../src/head/open-head.js';
import { type Flip } from '../../../src/loop/index.js';
import { createPattern } from '../../../src/render/index.js';
import { held } from './held.js';
import { watchedKernel, type Commits } from './watched-kernel.js';

/** Once each for the paths import and udmabuf; export needs that call for the render GPU. */
function refuseForeignBuffers(): void {
  const control = process.env['GUESTHEAD_INJECT'];
  if (control === undefined) throw new Error('to be run with the errno injector');
  writeFileSync(`${control}.new`, 'ENODEV 2 PRIME_FD_TO_HANDLE\n');
  renameSync(`${control}.new`, control);
}

/** Whether each modeset so far left the CRTC on. */
function activeIn({ others }: Commits, pair: GpuPair): number[] {
  const { node } = pair.gpus.display;
  const [crtc] = getResources(node.fd).crtcs;
  if (crtc === undefined) throw new Error('the display has no CRTC');
  const id = propertyId(node, 'crtc', crtc, 'ACTIVE');
  return others.map(({ properties, values }) => Number(values[properties.indexOf(id)]));
}

export async function climbBack() {
  const commits: Commits = { flips: [], others: [] };
  refuseForeignBuffers();
  const pair = await GpuPair.open({ kernel: watchedKernel(commits) });
  const head = await openHeadOn(pair, { mode: '1280x768' }, true);
  const { path, refused } = head.info;
  const flips$ = new Subject<Flip>();
  const frames: number[] = [];
  flips$.subscribe(({ frame }) => frames.push(frame));
  const someFlips = () => firstValueFrom(flips$.pipe(skip(14)));
  const pattern = createPattern('counter');
  const flipping = head
    .flips((frame) => {
      pattern.draw(frame, frame.number, frame.age);
    })
    .subscribe(flips$);

  await someFlips();
  const before = held();
  refuseForeignBuffers();
  const refusedAgain = await head.upgrade();
  await someFlips();
  const afterRefusal = held();
  const upgraded = await head.upgrade();
  await someFlips();
  const after = held();
  const last = { path: head.info.path, refused: head.info.refused };
  const { faults: unlike, ...host } = await askWitness({ captures: 1 });
  const active = activeIn(commits, pair);
  flipping.unsubscribe();
  await head.close();
  const first = { path, refused: refused.map((refusal) => [refusal.path, refusal.code]) };
  return { first, refusedAgain, upgraded, last, active, frames, held: [before, afterRefusal, after], host, unlike };
}
