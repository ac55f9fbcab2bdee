/** Which evdev nodes there are. */
import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { NumberOf } from '../device/index.js';

/** Where to look; replaced by the tests. */
export interface InputRoots {
  readonly dev: string;
  readonly sys: string;
  readonly run: string;
  readonly numberOf?: NumberOf;
}

export const systemRoots: InputRoots = { dev: '/dev', sys: '/sys', run: '/run' };

/** In the order of their numbers. */
export function inputNodes(roots: InputRoots): string[] {
  const number = (name: string) => Number(name.slice('event'.length));
  return namesIn(join(roots.dev, 'input'))
    .filter((name) => /^event\d+$/.test(name))
    .sort((one, other) => number(one) - number(other))
    .map((name) => nodeNamed(roots, name));
}

/** `event3` → `/dev/input/event3` */
export function nodeNamed({ dev }: InputRoots, name: string): string {
  return join(dev, 'input', name);
}

/** What a link such as `/dev/input/by-id/…` leads to; what is not there as it is. */
export function nodeBehind(name: string): string {
  try {
    return realpathSync(name);
  } catch {
    return name;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
