/** What the trace of a real run must show: the kernel's events between those of the frames that they belong to. */
import assert from 'node:assert/strict';
import type { TraceEvent } from '../../src/report/trace/events.js';
import { traceFaults, type RawEvent } from './trace-format.js';

export interface WrittenTrace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: string;
  readonly otherData: {
    readonly heads: readonly { readonly verdict: string | null; readonly path: string }[];
    readonly kernel: { readonly clock: string; readonly lost: number; readonly events: number };
  };
}

export function assertValid(trace: WrittenTrace): void {
  assert.deepEqual(traceFaults(trace as object as { traceEvents: RawEvent[] }), []);
}

/** That of the flush fences only where one was sampled in time. */
export function assertAllTracks({ traceEvents: events }: WrittenTrace, sampled: boolean): void {
  const named = events.flatMap((event) => (event.ph === 'M' && event.name === 'thread_name' ? [event] : []));
  const used = new Set(events.flatMap((event) => (event.ph === 'M' ? [] : [event.tid])));
  const tracks = named.filter(({ tid }) => used.has(tid)).map(({ args }) => args['name']);
  const expected = ['draws', 'commits', 'flips', 'virtio_gpu 0 control', 'dma_fence', 'vblank crtc 0'];
  for (const track of sampled ? [...expected, 'flush fences'] : expected)
    assert.ok(tracks.includes(track), `no ${track} in ${tracks.join()}`);
  for (let slot = 0; slot < 4; slot++) assert.ok(tracks.includes(`backbuffer ${slot}`));
  for (const counter of ['free backbuffers', 'missed flips'])
    assert.ok(events.some(({ ph, name }) => ph === 'C' && name === counter));
}

/** The flush of each frame is queued after its commit and before the next one's, and answered before the buffer is free. */
export function assertFlushesLieInTheirFrames({ traceEvents: events }: WrittenTrace): void {
  const flushes = flushesOf(events);
  const commits = events.flatMap((event) => (event.ph === 'X' && event.name === 'commit' ? [event] : []));
  assert.ok(commits.length > 50);
  commits.slice(0, -1).forEach((commit, index) => {
    const [frame, next] = [Number(commit.args?.['frame']), commits[index + 1]?.ts ?? Infinity];
    const flush = flushes.find(({ from }) => from >= commit.ts && from < next);
    assert.ok(flush !== undefined, `no flush between commit ${frame} and the next`);
    const released = releaseOf(events, frame);
    assert.ok(flush.to <= released, `frame ${frame}: ${flush.to} after ${released}`);
  });
}

/** The kernel's own time of the vblank is the flip's; it told of it thereafter. */
export function assertFlipsAreVblanks({ traceEvents: events }: WrittenTrace): void {
  const flips = events.flatMap((event) => (event.ph === 'i' && event.name === 'flip' ? [event] : []));
  const vblanks = new Map(
    events.flatMap((event) => (event.name === 'drm_vblank_event' ? [[event.args?.['seq'], event] as const] : [])),
  );
  assert.ok(flips.length > 50);
  for (const flip of flips) {
    const vblank = vblanks.get(flip.args?.['sequence']);
    assert.ok(vblank?.ph === 'i', `no vblank ${flip.args?.['sequence']}`);
    assert.ok(Math.abs(Number(vblank.args?.['time']) / 1000 - flip.ts) < 2); // the flip's is in whole µs
    assert.ok(vblank.ts >= flip.ts - 1);
  }
}

function flushesOf(events: readonly TraceEvent[]): { from: number; to: number }[] {
  const ends = new Map(
    events.flatMap((event) => (event.ph === 'e' ? [[event.cat + event.id, event.ts] as const] : [])),
  );
  return events.flatMap((event) =>
    event.ph === 'b' && event.name === 'RESOURCE_FLUSH'
      ? [{ from: event.ts, to: ends.get(event.cat + event.id) ?? Infinity }]
      : [],
  );
}

/** The end of the last state that its buffer had in this frame. */
function releaseOf(events: readonly TraceEvent[], frame: number): number {
  const states = ['drawing', 'ready', 'queued', 'current', 'draining'];
  const ends = events.flatMap((event) =>
    event.ph === 'X' && states.includes(event.name) && event.args?.['frame'] === frame ? [event.ts + event.dur] : [],
  );
  return Math.max(...ends);
}
