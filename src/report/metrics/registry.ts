/** The tallies as Prometheus knows them: made from what has been counted when a scrape asks, and not before. */
import type { Counter, Gauge, Metric, Registry } from 'prom-client';
import { packageVersion } from '../../package-root.js';
import type { Families, Family, HistogramFamily, Labels, Values } from './family.js';
import type { HeadTally } from './head-tally.js';
import { bucketsMs, type TimeHistogram } from './time-histogram.js';

/** What is used of prom-client, which is loaded only where it is asked for. */
export interface Prometheus {
  readonly Counter: typeof Counter;
  readonly Gauge: typeof Gauge;
  readonly Registry: typeof Registry;
}

const headLabels = ['display', 'connector'];

/** A registry of its own: what else the process counts stays out of it. `more`: what there is beside the heads. */
export function registryOf(
  prometheus: Prometheus,
  tallies: readonly HeadTally[],
  more: Families = { families: [], histograms: [] },
): Registry {
  const registry = new prometheus.Registry();
  const families = [...headFamilies(tallies), ...more.families, ...processFamilies()];
  for (const family of families) addFamily(prometheus, registry, family);
  for (const each of [...headHistograms(tallies), ...more.histograms]) registry.registerMetric(histogramMetric(each));
  return registry;
}

const counters: readonly (readonly [name: string, help: string, of: (tally: HeadTally) => number])[] = [
  ['flips', 'Page flips completed.', ({ flips }) => flips],
  ['missed_flips', 'Refresh cycles that went by without a flip.', ({ missed }) => missed],
  ['tear_risk', 'Flips that came before the host was done with them.', ({ tearRisk }) => tearRisk],
  ['starved', 'Flips that came late because every buffer was locked.', ({ starved }) => starved],
  ['dropped_frames', 'Frames drawn and not shown.', ({ dropped }) => dropped],
  ['bytes_copied', 'Bytes copied to bring pictures to the display.', ({ head }) => head.bytesCopied()],
];

const histograms: readonly (readonly [name: string, help: string, of: (tally: HeadTally) => TimeHistogram])[] = [
  ['commit', 'Duration of the commit call.', ({ commit }) => commit],
  ['flip', 'From the commit to the flip.', ({ flip }) => flip],
  ['draw_to_flip', 'From the start of a drawing to its flip.', ({ latency }) => latency],
  ['draw', 'How long a frame was drawn.', ({ draw }) => draw],
  ['flush_fence', "From the commit to the host's flush fence, of sampled frames.", ({ flushFence }) => flushFence],
];

function headHistograms(tallies: readonly HeadTally[]): HistogramFamily[] {
  return histograms.map(([name, help, of]) => ({
    ...{ name: `guesthead_${name}_seconds`, help },
    read: () => tallies.map((tally) => [tally.labels, of(tally)] as const),
  }));
}

function headFamilies(tallies: readonly HeadTally[]): Family[] {
  const each = (of: (tally: HeadTally) => Values) => () =>
    tallies.flatMap((tally) => of(tally).map(([labels, value]) => [{ ...tally.labels, ...labels }, value] as const));
  const family = (
    type: Family['type'],
    name: string,
    help: string,
    of: (tally: HeadTally) => Values,
    label?: string,
  ) => ({
    type,
    name: `guesthead_${name}`,
    help,
    labels: [...headLabels, ...(label?.split(' ') ?? [])],
    read: each(of),
  });
  return [
    ...counters.map(([name, help, of]) => family('Counter', `${name}_total`, help, (tally) => [[{}, of(tally)]])),
    family('Counter', 'faults_total', 'Faults that the flips outlived.', faultsOf, 'code'),
    family('Gauge', 'buffers', 'Backbuffers by state.', buffersOf, 'state'),
    family('Gauge', 'refresh_hertz', "The mode's refresh rate.", ({ head }) => [[{}, head.info.mode.refreshHz]]),
    family('Gauge', 'info', 'What the head is made of; always 1.', infoOf, 'path mode render version'),
  ];
}

function faultsOf({ faults }: HeadTally): Values {
  return [...faults].map(([code, count]) => [{ code }, count]);
}

function buffersOf({ head }: HeadTally): Values {
  return Object.entries(head.states()).map(([state, count]) => [{ state }, count]);
}

function infoOf({ head }: HeadTally): Values {
  const { path, mode, render } = head.info;
  const { width, height, refreshHz } = mode;
  return [
    [{ path, mode: `${width}x${height}@${refreshHz.toFixed(2)}`, render: render.driver, version: packageVersion() }, 1],
  ];
}

/**
 * What prom-client's default metrics say of CPU and memory, by their names. The rest of them is left out, for
 * they cannot be chosen from: the event-loop lag is read by a timer of 10 ms that wakes a loop of one frame in 13,
 * and the others observe the garbage collector and list handles.
 */
function processFamilies(): Family[] {
  const family = (type: Family['type'], name: string, help: string, of: () => number): Family => {
    return { type, name: `process_${name}`, help, labels: [], read: () => [[{}, of()]] };
  };
  const cpuSeconds = (...kinds: readonly ('user' | 'system')[]) => {
    const usage = process.cpuUsage();
    return kinds.reduce((sum, kind) => sum + usage[kind], 0) / 1e6;
  };
  const started = Date.now() / 1000 - process.uptime();
  return [
    family('Counter', 'cpu_user_seconds_total', 'User CPU time.', () => cpuSeconds('user')),
    family('Counter', 'cpu_system_seconds_total', 'System CPU time.', () => cpuSeconds('system')),
    family('Counter', 'cpu_seconds_total', 'User and system CPU time.', () => cpuSeconds('user', 'system')),
    family('Gauge', 'resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss()),
    family('Gauge', 'start_time_seconds', 'When the process began, in seconds of the Unix epoch.', () => started),
  ];
}

function addFamily(prometheus: Prometheus, registry: Registry, { type, name, help, labels, read }: Family): void {
  new prometheus[type]({
    ...{ name, help, labelNames: labels, registers: [registry] },
    collect() {
      this.reset();
      for (const [its, value] of read()) this.inc(its, value);
    },
  });
}

/**
 * prom-client's own histogram can only be filled value by value, hashing the labels each time; a registry
 * takes anything that has `get`, and that is enough to hand it what has been counted elsewhere.
 */
function histogramMetric({ name, help, read }: HistogramFamily): Metric {
  const get = () =>
    Promise.resolve({
      ...{ name, help, type: 'histogram', aggregator: 'sum' },
      values: read().flatMap(([labels, histogram]) => seriesOf(name, labels, histogram)),
    });
  return { name, get } as unknown as Metric;
}

function seriesOf(name: string, labels: Labels, histogram: TimeHistogram): object[] {
  const counts = histogram.cumulated();
  const count = counts.at(-1) ?? 0;
  const buckets = counts.map((value, i) => {
    const bound = bucketsMs[i];
    return {
      metricName: `${name}_bucket`,
      labels: { ...labels, le: bound === undefined ? '+Inf' : bound / 1000 },
      value,
    };
  });
  const sum = { metricName: `${name}_sum`, labels, value: histogram.sumMs / 1000 };
  return [...buckets, sum, { metricName: `${name}_count`, labels, value: count }];
}
