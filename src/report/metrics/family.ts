/** What a registry is made of: each is read when a scrape asks for it. */
import type { TimeHistogram } from './time-histogram.js';

export type Labels = Readonly<Record<string, string>>;
export type Values = readonly (readonly [labels: Labels, value: number])[];

export interface Family {
  readonly type: 'Counter' | 'Gauge';
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly read: () => Values;
}

/** Of times, which are exposed in seconds. */
export interface HistogramFamily {
  readonly name: string;
  readonly help: string;
  readonly read: () => readonly (readonly [labels: Labels, histogram: TimeHistogram])[];
}

export interface Families {
  readonly families: readonly Family[];
  readonly histograms: readonly HistogramFamily[];
}
