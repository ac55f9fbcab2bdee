/** What is known of a machine without asking its devices anything. */
import { availableParallelism, cpus, machine, release, totalmem, type } from 'node:os';

export interface MachineFact {
  /** What it is about, in words or by a check's name. */
  readonly id: string;
  readonly status: 'ok' | 'no' | 'unknown';
  readonly found: string;
}

interface Device {
  readonly driver: string;
  readonly node: string;
}

interface DescribedHead {
  readonly render: Device;
  readonly display: Device;
}

/** Of the machine and of the devices that the heads of a run are on. */
export function machineFacts(heads: readonly DescribedHead[]): MachineFact[] {
  const facts = [
    ['kernel', `${type()} ${release()} ${machine()}`],
    ['node', process.version],
    ['processor', `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`],
    ['memory', `${(totalmem() / 2 ** 30).toFixed(1)} GiB`],
    ['render device', distinct(heads.map(({ render }) => `${render.driver} ${render.node}`))],
    ['display device', distinct(heads.map(({ display }) => `${display.driver} ${display.node}`))],
  ] as const;
  return facts.map(([id, found]) => ({ id, status: 'ok', found }));
}

function distinct(names: readonly string[]): string {
  return [...new Set(names)].join(', ');
}
