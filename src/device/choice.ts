/** Which one of several devices that would all do: the best is taken, and said to be, with what names another. */
import { pathOf, type DrmDevice } from './discover.js';

export interface Choice {
  readonly device: DrmDevice;
  /** Undefined where there is but one. */
  readonly chosen: Chosen | undefined;
}

/** One of several, for people. */
export interface Chosen {
  /** Why this one. */
  readonly why: string;
  /** What to write for another. */
  readonly others: string;
}

/** In one line. */
export function describeChosen({ why, others }: Chosen): string {
  return `${why}; ${others}`;
}

/** What makes a candidate better than the next, best first. */
interface Reason {
  readonly holds: (device: DrmDevice) => boolean;
  /** After "the only one" or "the first". */
  readonly words: string;
}

const showsSomething: Reason = {
  holds: ({ connected }) => connected === true,
  words: 'that has something connected',
};
const couldShow: Reason = { holds: ({ connected }) => connected === false, words: 'that has a connector' };

export function chooseDisplay(displays: readonly DrmDevice[]): Choice | undefined {
  const isHere: Reason = { holds: (device) => isInDev(device, 'primary'), words: 'whose node is in /dev' };
  return choose(displays, [isHere, showsSomething, couldShow], { plural: 'displays', option: '--display' });
}

export function chooseRender(gpus: readonly DrmDevice[]): Choice | undefined {
  const isHere: Reason = { holds: (device) => isInDev(device, 'render'), words: 'whose node is in /dev' };
  return choose(gpus, [isHere], { plural: 'GPUs', option: '--render' });
}

function isInDev(device: DrmDevice, kind: 'primary' | 'render'): boolean {
  return pathOf(device, device[kind] ?? device.primary) !== undefined;
}

/** Each reason leaves those for which it holds, unless it holds for none. The last one that told them apart is said. */
function choose(
  candidates: readonly DrmDevice[],
  reasons: readonly Reason[],
  names: { readonly plural: string; readonly option: string },
): Choice | undefined {
  let left = candidates;
  let said: Reason | undefined;
  for (const reason of reasons) {
    const better = left.filter(reason.holds);
    if (better.length > 0 && better.length < left.length) [left, said] = [better, reason];
  }
  const [device] = left;
  if (device === undefined) return undefined;
  const which = `the ${left.length === 1 ? 'only one' : 'first'}${said === undefined ? '' : ` ${said.words}`}`;
  return { device, chosen: candidates.length < 2 ? undefined : chosenOf(device, candidates, which, names) };
}

/** A machine may have ten. */
const mostNamed = 3;

function chosenOf(
  device: DrmDevice,
  candidates: readonly DrmDevice[],
  which: string,
  { plural, option }: { readonly plural: string; readonly option: string },
): Chosen {
  const others = candidates
    .filter((other) => other !== device)
    .map((other) => `${option} ${nameOf(other, candidates)}`);
  const rest = others.length === 1 ? 'takes the other' : others.length > mostNamed ? '… take another' : 'take another';
  return {
    why: `of ${candidates.length} ${plural} ${which}`,
    others: `${others.slice(0, mostNamed).join(', ')} ${rest}`,
  };
}

/** An address stays the same when nodes are numbered anew; one that two devices share names neither. */
function nameOf({ pci, primary, render, driver }: DrmDevice, all: readonly DrmDevice[]): string {
  const isUnique = pci !== undefined && all.filter((other) => other.pci === pci).length === 1;
  return isUnique ? pci : (primary ?? render ?? driver);
}
