import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GuestheadError } from '../../../../src/errors.js';
import type { Flip } from '../../../../src/loop/index.js';
import type { RecordedFrame } from '../../../../src/report/index.js';
import type { TraceEvent } from '../../../../src/report/trace/events.js';
import { headEvents, type TracedHead } from '../../../../src/report/trace/head-events.js';
import { flipAt } from '../../../support/flips.js';
import { traceFaults, type RawEvent } from '../../../support/trace-format.js';

const period = 1000 / 60;

/** Drawn two cycles before its flip and committed one before, replaced one after, released 3 ms later. */
function frameAt(number: number, changes: Partial<RecordedFrame> = {}, flipChanges: Partial<Flip> = {}): RecordedFrame {
  const flip = flipAt(number, flipChanges);
  const flippedMs = flip.timestampNs / 1e6;
  const [drawStartMs, committedMs] = [flippedMs - 2 * period + 4, flippedMs - period];
  return {
    flip,
    drawStartMs,
    drawEndMs: drawStartMs + 2,
    committedMs,
    flippedMs,
    replacedMs: flippedMs + period,
    releasedMs: flippedMs + period + 3,
    ...changes,
  };
}

function traced(
  frames: readonly RecordedFrame[],
  more: Partial<TracedHead['recording']> = {},
  buffers = 4,
): TraceEvent[] {
  const recording = { frames, faults: [], flushFences: [], forgotten: 0, ...more };
  const head = { node: '/dev/dri/card0', connector: 'Virtual-1', buffers, recording };
  const untilMs = Math.max(0, ...frames.map(({ flip }) => flip.timestampNs / 1e6)) + 30;
  const events = [...headEvents(head, 2, untilMs)];
  const traceEvents = events as readonly object[] as readonly RawEvent[];
  assert.deepEqual(traceFaults({ traceEvents, displayTimeUnit: 'ms' }), []);
  return events;
}

function slicesOf(events: readonly TraceEvent[], track: string): [name: string, ts: number, dur: number][] {
  const tid = events.find(({ ph, name, args }) => ph === 'M' && name === 'thread_name' && args['name'] === track)?.tid;
  return events.flatMap((event) =>
    event.ph === 'X' && event.tid === tid ? [[event.name, event.ts, event.dur] as [string, number, number]] : [],
  );
}

const us = (ms: number) => Math.floor(ms * 1000);
const twelve = Array.from({ length: 12 }, (_, index) => frameAt(60 + index));

describe('a head in a trace', () => {
  it('has a process, and a track for each part of a frame’s way', () => {
    const named = traced(twelve).flatMap((event) =>
      event.ph === 'M' && event.name.endsWith('_name') ? [String(event.args['name'])] : [],
    );
    assert.deepEqual(named, [
      'head Virtual-1 (/dev/dri/card0)',
      ...['draws', 'commits', 'flips', 'flush fences', 'missed flips and faults'],
      ...['backbuffer 0', 'backbuffer 1', 'backbuffer 2', 'backbuffer 3'],
    ]);
  });

  it('shows the states of a backbuffer one after the other, in µs', () => {
    const slices = slicesOf(traced([frameAt(60)]), 'backbuffer 0');
    assert.deepEqual(slices, [
      ['drawing', 970_666, 2000],
      ['ready', 972_666, 10_667],
      ['queued', 983_333, 16_667],
      ['current', 1_000_000, 16_666],
      ['draining', 1_016_666, 3000],
    ]);
  });

  it('lets what has no end yet last until the buffer is drawn again, or the end', () => {
    const open = { replacedMs: NaN, releasedMs: NaN };
    const slices = slicesOf(traced([frameAt(60, open), frameAt(64, open)]), 'backbuffer 0');
    assert.deepEqual(
      slices.filter(([name]) => name === 'current').map(([, ts, dur]) => ts + dur),
      [frameAt(64).drawStartMs, frameAt(64).flippedMs + 30].map((ms) => Math.floor(ms * 1000)),
    );
  });

  it('is valid also where a flip’s time lies before its commit', () => {
    const flippedMs = frameAt(60).committedMs - 5;
    const slices = slicesOf(traced([frameAt(60, { flippedMs })]), 'backbuffer 0');
    assert.deepEqual(
      slices.map(([name]) => name),
      ['drawing', 'ready', 'current', 'draining'],
    );
  });

  it('is valid with one buffer that is drawn while it is shown, of which none is free', () => {
    const one = twelve.map((frame) => ({ ...frame, flip: { ...frame.flip, slot: 0 }, releasedMs: NaN }));
    assert.ok(!traced(one, {}, 1).some(({ name }) => name === 'free backbuffers'));
  });

  it('leads an arrow from the drawing over commit and flip to the release', () => {
    const events = traced(twelve);
    const first = twelve[0]!;
    const ofFirst = events.flatMap((event) =>
      'id' in event && event.id === 2 * 2 ** 32 ? [[event.ph, event.ts]] : [],
    );
    const [draw, commit, flip, drain] = [first.drawStartMs, first.committedMs, first.flippedMs, first.replacedMs].map(
      (ms) => Math.floor(ms * 1000),
    );
    assert.deepEqual(ofFirst, [
      ['s', draw],
      ['t', commit],
      ['t', flip],
      ['f', drain],
    ]);
    const arrows = new Set(events.flatMap((event) => (event.ph === 's' ? [event.id] : [])));
    assert.equal(arrows.size, 12);
  });

  it('tells each flip, and what went wrong', () => {
    const late = frameAt(72, {}, { missed: 2, starved: true, tearRisk: true });
    const fault = new GuestheadError('ERR_FLIP_TIMEOUT', 'No flip came', { advice: 'wait' });
    const instants = traced([...twelve, late], { faults: [{ fault, atMs: 1300 }] }).flatMap((event) =>
      event.ph === 'i' ? [event] : [],
    );
    const flips = instants.filter(({ name }) => name === 'flip');
    assert.deepEqual(
      flips.map(({ ts, args }) => [ts, args?.['frame'], args?.['sequence'], args?.['missed']]).slice(-2),
      [
        [1_183_333, 71, 71, 0],
        [1_200_000, 72, 72, 2],
      ],
    );
    const troubles = instants.filter(({ name }) => name !== 'flip').map(({ name, args }) => [name, args]);
    assert.deepEqual(troubles, [
      ['missed', { frame: 72, slot: 0, missed: 2, why: 'no backbuffer was free' }],
      ['tear risk', { frame: 72, slot: 0 }],
      ['ERR_FLIP_TIMEOUT', { message: 'No flip came', advice: 'wait' }],
    ]);
  });

  it('counts free backbuffers and missed flips', () => {
    const counters = traced([...twelve, frameAt(73, {}, { missed: 1 }), frameAt(76, {}, { missed: 2 })]).flatMap(
      (event) => (event.ph === 'C' ? [event] : []),
    );
    const free = counters.flatMap(({ args }) => args?.['free'] ?? []);
    assert.ok(free.length > 12 && free.every((count) => Number(count) >= 0 && Number(count) <= 4), free.join());
    const missed = counters.flatMap(({ args }) => args?.['missed'] ?? []);
    assert.deepEqual(missed.slice(-3), [0, 1, 3]);
  });

  it('gives clients’ buffers tracks of their own, which were not drawn here and of which none is a free backbuffer', () => {
    const client = (number: number) => {
      const frame = frameAt(number, {}, { slot: 4 + (number % 2), isClients: true, drawMs: 0 });
      return { ...frame, drawStartMs: frame.committedMs - 1, drawEndMs: frame.committedMs - 1 };
    };
    const clients = Array.from({ length: 8 }, (_, index) => client(72 + index));
    const events = traced([...twelve, ...clients]);
    const [alone, both] = [traced(twelve), events].map((each) =>
      each.filter(({ name }) => name === 'free backbuffers'),
    );
    assert.deepEqual(both, alone);
    assert.deepEqual(slicesOf(events, 'draws').length, twelve.length);
    const first = clients[0]!;
    assert.deepEqual(slicesOf(events, 'client’s buffer, slot 4')[0], ['ready', us(first.drawStartMs), 1000]);
    const arrow = events.find((event) => event.ph === 's' && event.id === 2 * 2 ** 32 + twelve.length);
    assert.equal(arrow?.ph === 's' ? arrow.ts : undefined, us(first.committedMs));
  });

  it('shows a flush fence from its frame’s commit on, whenever it was told', () => {
    const frame = twelve[3]!;
    const told = { ms: 5, atMs: frame.committedMs + 5 + 2 };
    const events = traced(twelve, { flushFences: [told] });
    assert.deepEqual(slicesOf(events, 'flush fences'), [['flush fence', Math.floor(frame.committedMs * 1000), 5000]]);
    assert.equal(events.find(({ name, ph }) => ph === 'X' && name === 'flush fence')?.args?.['frame'], 63);
  });
});
