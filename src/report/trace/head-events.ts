/** A head's recording as trace events: a process with a track for each part of a frame's way. */
import type { Recording, RecordedFlushFence, RecordedFrame } from '../recording.js';
import { spansOf, type Span } from './buffer-states.js';
import {
  instant,
  microseconds,
  processNamed,
  threadNamed,
  type Args,
  type FlowStep,
  type Slice,
  type TraceEvent,
} from './events.js';

export interface TracedHead {
  readonly connector: string;
  readonly node: string;
  readonly buffers: number;
  readonly recording: Pick<Recording, 'frames' | 'faults' | 'flushFences' | 'forgotten'>;
}

/** The tracks, in the order that they are shown in, before those of the backbuffers and then of clients' buffers. */
const tracks = ['draws', 'commits', 'flips', 'flush fences', 'missed flips and faults'] as const;
const [draws, commits, flips, fences, troubles] = [1, 2, 3, 4, 5] as const;
const firstBackbuffer = 10;
/** A head has at most 64 slots, each of which may be a backbuffer's and, after a change of mode, a client's. */
const firstClients = firstBackbuffer + 64;
/** More than a process has tracks, so that no number of a track means two. */
const tracksAProcess = 200;
/** More than a recording of weeks has frames, so that no arrow's number means two. */
const framesAHead = 2 ** 32;

/** `pid` is from 1, `untilMs` when the recording ended. In the order of the frames, not of the times. */
export function* headEvents(head: TracedHead, pid: number, untilMs: number): Generator<TraceEvent> {
  const { frames, faults, flushFences } = head.recording;
  const events = new HeadEvents(head, pid);
  yield* events.names();
  yield* events.frames(microseconds(untilMs));
  for (const fence of flushFences) yield* events.flushFence(fence, frames);
  for (const { fault, atMs } of faults)
    yield events.instant(troubles, atMs, fault.code, { message: fault.message, advice: fault.advice ?? '' });
}

class HeadEvents {
  #missed = 0;
  /** When each backbuffer is taken and given back: `[µs, how many more are free]`. */
  readonly #changes: [number, number][] = [];
  readonly #drawn = new Set<number>();
  /** From when on all backbuffers are accounted for; the first one is shown without a flip. */
  #countedFrom = Infinity;

  constructor(
    private readonly head: TracedHead,
    private readonly pid: number,
  ) {}

  *names(): Generator<TraceEvent> {
    const { pid, head } = this;
    yield* processNamed(pid, `head ${head.connector} (${head.node})`, pid);
    for (const [index, name] of tracks.entries()) yield* threadNamed(pid, this.#tid(index + 1), name);
    for (let slot = 0; slot < head.buffers; slot++)
      yield* threadNamed(pid, this.#tid(firstBackbuffer + slot), `backbuffer ${slot}`);
    const clients = head.recording.frames.flatMap(({ flip: { slot, isClients } }) => (isClients ? [slot] : []));
    for (const slot of new Set(clients))
      yield* threadNamed(pid, this.#tid(firstClients + slot), `client’s buffer, slot ${slot}`);
  }

  /** A frame's states are known to their end once its buffer's next frame, or the end, has come. */
  *frames(untilUs: number): Generator<TraceEvent> {
    const shown = new Map<number, [frame: RecordedFrame, id: number]>();
    for (const [index, frame] of this.head.recording.frames.entries()) {
      const id = this.pid * framesAHead + this.head.recording.forgotten + index;
      const track = trackOf(frame.flip);
      const before = shown.get(track);
      if (before !== undefined) yield* this.#states(...before, microseconds(frame.drawStartMs));
      shown.set(track, [frame, id]);
      yield* this.#steps(frame);
    }
    for (const [frame, id] of shown.values()) yield* this.#states(frame, id, untilUs);
    yield* this.#free();
  }

  /** A fence is told of a moment after it has signalled; its frame's commit says when that was. */
  *flushFence({ ms, atMs }: RecordedFlushFence, frames: readonly RecordedFrame[]): Generator<TraceEvent> {
    const frame = lastBefore(frames, atMs - ms);
    const from = frame?.committedMs ?? atMs - ms;
    yield this.#slice(fences, 'flush fence', microseconds(from), microseconds(from + ms), {
      ...(frame === undefined ? {} : { frame: frame.flip.frame }),
      ms,
    });
  }

  instant(track: number, atMs: number, name: string, args: Args): TraceEvent {
    return instant({ pid: this.pid, tid: this.#tid(track), ts: microseconds(atMs), name, args });
  }

  *#steps(frame: RecordedFrame): Generator<TraceEvent> {
    const { flip, drawStartMs, drawEndMs, committedMs, flippedMs } = frame;
    const args = { frame: flip.frame, slot: flip.slot };
    const from = microseconds(drawStartMs);
    if (!flip.isClients) yield this.#slice(draws, 'draw', from, Math.max(from + 1, microseconds(drawEndMs)), args);
    const at = microseconds(committedMs);
    yield this.#slice(commits, 'commit', at, Math.max(at + 1, microseconds(committedMs + flip.commitMs)), args);
    yield this.instant(flips, flippedMs, 'flip', flipArgs(frame));
    if (flip.missed > 0)
      yield this.instant(troubles, flippedMs, 'missed', { ...args, missed: flip.missed, why: whyLate(frame) });
    if (flip.tearRisk) yield this.instant(troubles, flippedMs, 'tear risk', args);
    this.#missed += flip.missed;
    yield this.#count('missed flips', microseconds(flippedMs), { missed: this.#missed });
  }

  *#states(frame: RecordedFrame, id: number, limitUs: number): Generator<TraceEvent> {
    const track = trackOf(frame.flip);
    const spans = spansOf(frame, limitUs);
    for (const { state, from, to } of spans) yield this.#slice(track, state, from, to, { frame: frame.flip.frame });
    yield* this.#arrows(frame, spans, id);
    this.#account(frame, spans);
  }

  /** To where it is shown, and to where it drains; a client's buffer comes from its commit. */
  *#arrows({ flip, drawStartMs, committedMs }: RecordedFrame, spans: readonly Span[], id: number): Generator<FlowStep> {
    const shown = spans.filter(({ state }) => state === 'current' || state === 'draining');
    const last = shown.at(-1) ?? spans.at(-1);
    if (last === undefined) return;
    const track = trackOf(flip);
    if (!flip.isClients) yield this.#flow('s', draws, microseconds(drawStartMs), id);
    yield this.#flow(flip.isClients ? 's' : 't', commits, microseconds(committedMs), id);
    for (const { from } of shown.slice(0, -1)) yield this.#flow('t', track, from, id);
    yield this.#flow('f', track, last.from, id);
  }

  #account({ flip: { slot, isClients } }: RecordedFrame, spans: readonly Span[]): void {
    const [first, last] = [spans[0], spans.at(-1)];
    if (isClients || first === undefined || last === undefined) return;
    this.#changes.push([first.from, -1], [last.to, 1]);
    const isNew = this.#drawn.size < this.#drawn.add(slot).size;
    if (isNew && this.#drawn.size === this.head.buffers) this.#countedFrom = first.from;
  }

  /** One buffer that is flushed is never free, and is not counted. */
  *#free(): Generator<TraceEvent> {
    if (this.head.buffers < 2) return;
    let free = this.head.buffers;
    for (const [ts, change] of this.#changes.sort(([a], [b]) => a - b)) {
      free += change;
      if (ts >= this.#countedFrom) yield this.#count('free backbuffers', ts, { free });
    }
  }

  #slice(track: number, name: string, ts: number, to: number, args: Args): Slice {
    return { ph: 'X', pid: this.pid, tid: this.#tid(track), ts, dur: to - ts, name, args };
  }

  #flow(ph: FlowStep['ph'], track: number, ts: number, id: number): FlowStep {
    const end = ph === 'f' ? ({ bp: 'e' } as const) : {};
    return { ph, pid: this.pid, tid: this.#tid(track), ts, name: 'frame', cat: 'frame', id, ...end };
  }

  #count(name: string, ts: number, args: Args): TraceEvent {
    return { ph: 'C', pid: this.pid, tid: this.#tid(0), ts, name, args };
  }

  #tid(track: number): number {
    return this.pid * tracksAProcess + track;
  }
}

function trackOf({ slot, isClients }: RecordedFrame['flip']): number {
  return (isClients ? firstClients : firstBackbuffer) + slot;
}

function flipArgs({ flip, flippedMs, committedMs }: RecordedFrame): Args {
  const { frame, slot, isClients, sequence, missed, latencyMs, tearRisk, starved, drawnLate, dropped, timestampNs } =
    flip;
  const flipMs = flippedMs - committedMs;
  return {
    frame,
    slot,
    isClients,
    sequence,
    timestampNs,
    missed,
    flipMs,
    latencyMs,
    tearRisk,
    starved,
    drawnLate,
    dropped,
  };
}

function whyLate({ flip: { starved, drawnLate } }: RecordedFrame): string {
  if (starved) return 'no backbuffer was free';
  return drawnLate ? 'drawn too long' : 'unknown';
}

/** The frame committed last by then. */
function lastBefore(frames: readonly RecordedFrame[], ms: number): RecordedFrame | undefined {
  let [low, high] = [0, frames.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((frames[middle]?.committedMs ?? Infinity) <= ms) low = middle + 1;
    else high = middle;
  }
  return frames[low - 1];
}
