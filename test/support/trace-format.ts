/** Whether a trace is what the Trace Event Format asks for, and what Perfetto's importer needs beyond it. */

/** A trace event before anything is known of it. */
export type RawEvent = Readonly<Record<string, unknown>>;

export interface RawTrace {
  readonly traceEvents: readonly RawEvent[];
  readonly displayTimeUnit?: unknown;
  readonly otherData?: unknown;
}

/** Fields that events of a phase must have, beside `pid` and `tid`. */
const required: Readonly<Record<string, readonly string[]>> = {
  X: ['ts', 'dur', 'name'],
  i: ['ts', 'name', 's'],
  b: ['ts', 'name', 'cat', 'id'],
  e: ['ts', 'name', 'cat', 'id'],
  s: ['ts', 'name', 'cat', 'id'],
  t: ['ts', 'name', 'cat', 'id'],
  f: ['ts', 'name', 'cat', 'id', 'bp'],
  C: ['ts', 'name', 'args'],
  M: ['name', 'args'],
};
const wholeNumbers = ['ts', 'dur', 'pid', 'tid'];
const metadataArgument: Readonly<Record<string, string>> = {
  process_name: 'name',
  thread_name: 'name',
  process_sort_index: 'sort_index',
  thread_sort_index: 'sort_index',
};

/** What is wrong with it, a sentence each; empty = valid. */
export function traceFaults(trace: RawTrace): string[] {
  const { traceEvents: events, displayTimeUnit } = trace;
  if (!Array.isArray(events)) return ['traceEvents is no list'];
  const faults = events.flatMap(fieldFaults);
  if (displayTimeUnit !== 'ms' && displayTimeUnit !== 'ns') faults.push('displayTimeUnit is neither ms nor ns');
  if (faults.length > 0) return faults;
  return [...nameFaults(events), ...nestingFaults(events), ...pairFaults(events), ...flowFaults(events)];
}

function fieldFaults(event: RawEvent, index: number): string[] {
  const phase = String(event['ph']);
  const fields = required[phase];
  if (fields === undefined) return [`event ${index}: unknown phase ${phase}`];
  const missing = [...fields, 'pid', 'tid'].filter((field) => event[field] === undefined);
  const wrong = wholeNumbers.filter(
    (field) => event[field] !== undefined && !(Number.isSafeInteger(event[field]) && Number(event[field]) >= 0),
  );
  const values = Object.values(event['args'] ?? {});
  const notNumbers = phase === 'C' && (values.length === 0 || values.some((value) => typeof value !== 'number'));
  return [
    ...missing.map((field) => `event ${index} (${phase}): no ${field}`),
    ...wrong.map((field) => `event ${index} (${phase}): ${field} is no whole number of at least 0`),
    ...(notNumbers ? [`event ${index}: a counter of no numbers`] : []),
    ...(phase === 'i' && !['t', 'p', 'g'].includes(String(event['s'])) ? [`event ${index}: unknown scope`] : []),
  ];
}

/** Every process and track in use has one name and one place, told before it is used; no track belongs to two processes. */
function nameFaults(events: readonly RawEvent[]): string[] {
  const told = new Set<string>();
  const processOf = new Map<unknown, unknown>();
  const faults: string[] = [];
  for (const event of events) {
    const [pid, tid, name] = [String(event['pid']), String(event['tid']), String(event['name'])];
    if (event['ph'] === 'M') {
      const argument = metadataArgument[name];
      const key = `${name} ${pid} ${name.startsWith('thread') ? tid : ''}`;
      if (argument === undefined || (event['args'] as RawEvent)[argument] === undefined)
        faults.push(`${name}: no argument`);
      if (told.has(key)) faults.push(`${key} is told twice`);
      told.add(key);
      continue;
    }
    const needed = [`process_name ${pid} `, `process_sort_index ${pid} `];
    if (event['ph'] !== 'C') needed.push(`thread_name ${pid} ${tid}`, `thread_sort_index ${pid} ${tid}`);
    for (const key of needed) if (!told.has(key)) faults.push(`${name} at ${String(event['ts'])}: no ${key} before it`);
    if ((processOf.get(tid) ?? pid) !== pid) faults.push(`track ${tid} is of two processes`);
    processOf.set(tid, pid);
  }
  return faults;
}

interface Span {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly index: number;
}

/** In the order of their beginnings, and in the file's where those are the same. */
function slicesByTrack(events: readonly RawEvent[]): Map<string, Span[]> {
  const tracks = new Map<string, Span[]>();
  events.forEach((event, index) => {
    if (event['ph'] !== 'X') return;
    const [from, track] = [Number(event['ts']), trackOf(event)];
    const slices = tracks.get(track) ?? [];
    slices.push({ name: String(event['name']), from, to: from + Number(event['dur']), index });
    tracks.set(track, slices);
  });
  for (const slices of tracks.values()) slices.sort((a, b) => a.from - b.from || a.index - b.index);
  return tracks;
}

function nestingFaults(events: readonly RawEvent[]): string[] {
  const faults: string[] = [];
  for (const [track, slices] of slicesByTrack(events)) {
    const open: Span[] = [];
    for (const slice of slices) {
      while ((open.at(-1)?.to ?? Infinity) <= slice.from) open.pop();
      const around = open.at(-1);
      if (around !== undefined && slice.to > around.to)
        faults.push(`track ${track}: ${slice.name} at ${slice.from} overlaps ${around.name}`);
      open.push(slice);
    }
  }
  return faults;
}

function pairFaults(events: readonly RawEvent[]): string[] {
  const faults: string[] = [];
  const begun = new Map<string, RawEvent>();
  for (const event of inTime(events.filter(({ ph }) => ph === 'b' || ph === 'e'))) {
    const key = [event['pid'], event['cat'], event['id']].join(' ');
    const begin = begun.get(key);
    if (event['ph'] === 'b') {
      if (begin !== undefined) faults.push(`${key} begins twice`);
      begun.set(key, event);
    } else if (begin === undefined) faults.push(`${key} ends without having begun`);
    else {
      if (begin['name'] !== event['name']) faults.push(`${key} ends as ${String(event['name'])}`);
      begun.delete(key);
    }
  }
  return [...faults, ...[...begun.keys()].map((key) => `${key} does not end`)];
}

/** One start, one end, times that do not go back, and each step in a slice that the file has before it. */
function flowFaults(events: readonly RawEvent[]): string[] {
  const tracks = slicesByTrack(events);
  const flows = new Map<string, string>();
  const faults: string[] = [];
  for (const event of inTime(events.filter(({ ph }) => ph === 's' || ph === 't' || ph === 'f'))) {
    const key = `flow ${[event['cat'], event['name'], event['id']].join(' ')}`;
    const ts = Number(event['ts']);
    const slice = sliceAt(tracks.get(trackOf(event)) ?? [], ts);
    if (slice === undefined || (slice.from === ts && slice.index > events.indexOf(event)))
      faults.push(`${key}: ${String(event['ph'])} at ${ts} lies in no slice`);
    flows.set(key, (flows.get(key) ?? '') + String(event['ph']));
  }
  for (const [key, phases] of flows) if (!/^st*f$/.test(phases)) faults.push(`${key} goes ${phases}`);
  return faults;
}

/** The innermost: of those that nest, it begins last. */
function sliceAt(slices: readonly Span[], ts: number): Span | undefined {
  let [low, high] = [0, slices.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((slices[middle]?.from ?? Infinity) <= ts) low = middle + 1;
    else high = middle;
  }
  return slices.slice(0, low).findLast(({ to }) => ts < to);
}

/** As an importer sorts them: those of the same time stay in the file's order. */
function inTime(events: readonly RawEvent[]): RawEvent[] {
  return [...events].sort((a, b) => Number(a['ts']) - Number(b['ts']));
}

function trackOf(event: RawEvent): string {
  return `${String(event['pid'])}/${String(event['tid'])}`;
}
