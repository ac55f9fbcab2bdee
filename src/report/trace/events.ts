/**
 * The Trace Event Format, as far as it is used here. Times are whole µs of CLOCK_MONOTONIC,
 * rounded down, as the kernel's tracer prints them: so what came after another does so here.
 */

export type Args = Readonly<Record<string, string | number | boolean>>;

interface Placed {
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly name: string;
  readonly args?: Args;
}

/** On its thread's track, on which slices may nest but not overlap. */
export interface Slice extends Placed {
  readonly ph: 'X';
  readonly dur: number;
}

export interface Instant extends Placed {
  readonly ph: 'i';
  readonly s: 't';
}

/** Begin and end of what may overlap with its like; paired by `cat` and `id` within the process. */
export interface AsyncEdge extends Placed {
  readonly ph: 'b' | 'e';
  readonly cat: string;
  readonly id: string;
}

/** An arrow from slice to slice: each of its ends lies in a slice that begins no later in the file. */
export interface FlowStep extends Placed {
  readonly ph: 's' | 't' | 'f';
  readonly cat: string;
  readonly id: number;
  /** Of the last: it points at the slice it lies in, not at the next one. */
  readonly bp?: 'e';
}

export interface Counter extends Placed {
  readonly ph: 'C';
}

export interface Metadata {
  readonly ph: 'M';
  readonly pid: number;
  readonly tid: number;
  readonly name: 'process_name' | 'process_sort_index' | 'thread_name' | 'thread_sort_index';
  readonly args: Args;
}

export type TraceEvent = Slice | Instant | AsyncEdge | FlowStep | Counter | Metadata;

export function microseconds(ms: number): number {
  return Math.floor(ms * 1000);
}

export function instant(at: Omit<Instant, 'ph' | 's'>): Instant {
  return { ph: 'i', s: 't', ...at };
}

/** A process, at its place among the others. */
export function processNamed(pid: number, name: string, place: number): Metadata[] {
  return [
    { ph: 'M', pid, tid: 0, name: 'process_name', args: { name } },
    { ph: 'M', pid, tid: 0, name: 'process_sort_index', args: { sort_index: place } },
  ];
}

/** A track of a process, ordered by its `tid`. */
export function threadNamed(pid: number, tid: number, name: string): Metadata[] {
  return [
    { ph: 'M', pid, tid, name: 'thread_name', args: { name } },
    { ph: 'M', pid, tid, name: 'thread_sort_index', args: { sort_index: tid } },
  ];
}
