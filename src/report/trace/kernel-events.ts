/** The kernel's trace events as those of a process "kernel": commands, fences, waits and vblanks. */
import { commandName, responseName } from '../../device/index.js';
import { instant, processNamed, threadNamed, type Args, type AsyncEdge, type TraceEvent } from './events.js';
import type { KernelLine } from './kernel-line.js';

/** Behind those of all heads. */
export const kernelPid = 1000;
const firstTrack = kernelPid * 1000;

/** Something that has begun, to be paired with its end. */
interface Open {
  readonly line: KernelLine;
  readonly name: string;
  readonly category: string;
  readonly args: Args;
}

/** `VIRTIO_GPU_RESP_ERR_…` and what comes after. */
const firstErrorResponse = 0x1200;

/** Takes lines in the order of their times; what is under way at a time is all that it keeps. */
export class KernelEvents {
  readonly #tracks = new Map<string, number>();
  /** By what pairs them: a ring's sequence number, a fence's context and number, a waiting task. */
  readonly #commands = new Map<string, Open>();
  readonly #fences = new Map<string, Open>();
  readonly #waits = new Map<number, Open>();
  #last = 0;
  #ids = 0;
  #count = 0;

  /** Events taken that are shown in some way. */
  get count(): number {
    return this.#count;
  }

  *take(line: KernelLine): Generator<TraceEvent> {
    const handler = handlers.get(line.event);
    if (handler === undefined) return;
    if (this.#count++ === 0) yield* processNamed(kernelPid, 'kernel', kernelPid);
    this.#last = line.ts;
    yield* this[handler](line);
  }

  /** What was still under way when the trace ended, up to there. */
  *rest(): Generator<TraceEvent> {
    const open = [...this.#commands.values(), ...this.#fences.values()];
    for (const begun of open) yield* this.#pair(begun, this.#last, { unfinished: true });
    for (const begun of this.#waits.values()) yield* this.#wait(begun, this.#last, { unfinished: true });
    for (const map of [this.#commands, this.#fences, this.#waits]) map.clear();
  }

  *queue(line: KernelLine): Generator<TraceEvent> {
    const [ring, key] = ringOf(line);
    const name = commandName(Number(line.fields.get('type')));
    this.#commands.set(key, { line, name, category: ring, args: argsOf(line, 'fence_id', 'seqno', 'num_free') });
    yield* this.#track(ring);
  }

  *response(line: KernelLine): Generator<TraceEvent> {
    const [ring, key] = ringOf(line);
    const code = Number(line.fields.get('type'));
    const response = code < firstErrorResponse ? 'OK' : responseName(code);
    const begun = this.#commands.get(key);
    if (begun !== undefined) yield* this.#pair(begun, line.ts, { response });
    if (begun === undefined || response !== 'OK')
      yield* this.#instant(ring, line, begun === undefined ? `response ${response}` : `${begun.name}: ${response}`);
    this.#commands.delete(key);
  }

  /** virtio_gpu gives a fence its number when it emits it: before that it is nobody's. */
  *fenceBegins(line: KernelLine): Generator<TraceEvent> {
    const key = fenceKey(line);
    if (line.fields.get('seqno') === '0' || this.#fences.has(key)) return;
    const name = `${text(line, 'driver')} ${text(line, 'timeline')}`;
    this.#fences.set(key, { line, name, category: 'dma_fence', args: argsOf(line, 'context', 'seqno') });
    yield* this.#track('dma_fence');
  }

  *fenceEnds(line: KernelLine): Generator<TraceEvent> {
    const key = fenceKey(line);
    const begun = this.#fences.get(key);
    if (begun === undefined) return;
    this.#fences.delete(key);
    yield* this.#pair(begun, line.ts, { signalled: line.event === 'dma_fence_signaled' });
  }

  *waitBegins(line: KernelLine): Generator<TraceEvent> {
    this.#waits.set(line.taskId, {
      line,
      name: 'wait for a fence',
      category: '',
      args: argsOf(line, 'context', 'seqno'),
    });
    yield* this.#track(taskTrack(line));
  }

  *waitEnds(line: KernelLine): Generator<TraceEvent> {
    const begun = this.#waits.get(line.taskId);
    this.#waits.delete(line.taskId);
    if (begun !== undefined) yield* this.#wait(begun, line.ts, {});
  }

  *vblank(line: KernelLine): Generator<TraceEvent> {
    yield* this.#instant(`vblank crtc ${text(line, 'crtc')}`, line, line.event);
  }

  *#pair({ line, name, category: cat, args }: Open, to: number, more: Args): Generator<TraceEvent> {
    const at = { pid: kernelPid, tid: this.#tid(cat), name, cat, id: `0x${(++this.#ids).toString(16)}` };
    const edge = (ph: AsyncEdge['ph'], ts: number, said: Args): AsyncEdge => ({ ph, ts, ...at, args: said });
    yield edge('b', line.ts, { ...args, task: line.task, cpu: line.cpu });
    yield edge('e', to, more);
  }

  *#wait({ line, name, args }: Open, to: number, more: Args): Generator<TraceEvent> {
    const tid = this.#tid(taskTrack(line));
    yield { ph: 'X', pid: kernelPid, tid, ts: line.ts, dur: to - line.ts, name, args: { ...args, ...more } };
  }

  *#instant(track: string, line: KernelLine, name: string): Generator<TraceEvent> {
    yield* this.#track(track);
    const args = { ...argsOf(line, ...line.fields.keys()), task: line.task, cpu: line.cpu };
    yield instant({ pid: kernelPid, tid: this.#tid(track), ts: line.ts, name, args });
  }

  /** Names a track when it is needed first. */
  *#track(name: string): Generator<TraceEvent> {
    if (this.#tracks.has(name)) return;
    this.#tracks.set(name, firstTrack + this.#tracks.size);
    yield* threadNamed(kernelPid, this.#tid(name), name);
  }

  #tid(track: string): number {
    return this.#tracks.get(track) ?? kernelPid;
  }
}

const handlers = new Map<
  string,
  'queue' | 'response' | 'fenceBegins' | 'fenceEnds' | 'waitBegins' | 'waitEnds' | 'vblank'
>([
  ['virtio_gpu_cmd_queue', 'queue'],
  ['virtio_gpu_cmd_response', 'response'],
  ['dma_fence_init', 'fenceBegins'],
  ['dma_fence_emit', 'fenceBegins'],
  ['dma_fence_signaled', 'fenceEnds'],
  ['dma_fence_destroy', 'fenceEnds'],
  ['dma_fence_wait_start', 'waitBegins'],
  ['dma_fence_wait_end', 'waitEnds'],
  ['drm_vblank_event', 'vblank'],
  ['drm_vblank_event_queued', 'vblank'],
  ['drm_vblank_event_delivered', 'vblank'],
]);

/** The track of the ring, and what pairs a command on it with its response. */
function ringOf(line: KernelLine): [ring: string, key: string] {
  const ring = `virtio_gpu ${text(line, 'vdev')} ${text(line, 'name')}`;
  return [ring, `${ring} ${text(line, 'vq')} ${text(line, 'seqno')}`];
}

function fenceKey(line: KernelLine): string {
  return `${text(line, 'context')}:${text(line, 'seqno')}`;
}

/** A task waits for one fence at a time: its track's slices do not overlap. */
function taskTrack({ task, taskId }: KernelLine): string {
  return `waits of ${task} (${taskId})`;
}

function argsOf({ fields }: KernelLine, ...names: string[]): Args {
  return Object.fromEntries(names.map((name) => [name, numberOr(fields.get(name) ?? '')]));
}

function numberOr(value: string): number | string {
  return /^\d+$/.test(value) && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function text({ fields }: KernelLine, name: string): string {
  return fields.get(name) ?? '?';
}
