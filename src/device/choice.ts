/** Which one of several devices that would all do: the best is taken, and said to be, with what names another. */
import { pathOf, type DrmDevice } from './discover.js';

export interface Choice {
  readonly device: DrmDevice;
  /** Why this one of several, and what to write for another; undefined where there is but one. */
  readonly chosen: string | undefined;
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
  return { device, chosen: candidates.length < 2 ? undefined : sentence(device, candidates, which, names) };
}

/** A machine may have ten. */
const mostNamed = 3;

function sentence(
  device: DrmDevice,
  candidates: readonly DrmDevice[],
  which: string,
  { plural, option }: { readonly plural: string; readonly option: string },
): string {
  const others = candidates
    .filter((other) => other !== device)
    .map((other) => `${option} ${nameOf(other, candidates)}`);
  const rest = others.length === 1 ? 'takes the other' : others.length > mostNamed ? '… take another' : 'take another';
  return `of ${candidates.length} ${plural} ${which}; ${others.slice(0, mostNamed).join(', ')} ${rest}`;
}

/** An address stays the same when nodes are numbered anew; one that two devices share names neither. */
function nameOf({ pci, primary, render, driver }: DrmDevice, all: readonly DrmDevice[]): string {
  const isUnique = pci !== undefined && all.filter((other) => other.pci === pci).length === 1;
  return isUnique ? pci : (primary ?? render ?? driver);
}
