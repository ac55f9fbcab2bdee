/** Which tests of WLCS fail here, and why: expected-failures.txt. */
import { readFileSync } from 'node:fs';

export interface Expectation {
  /** As WLCS names its tests; * stands for anything. */
  readonly pattern: string;
  /** Not even tried, because it would wait, end the runner, or say nothing. */
  readonly leftOut: boolean;
  readonly reason: string;
}

/** `PATTERN REASON` a line, with a minus sign in front for what is left out; # begins a comment. */
export function readExpectations(path: string): Expectation[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map(expectationOf);
}

function expectationOf(line: string): Expectation {
  const [, minus, pattern, reason] = /^(-?)\s*(\S+)\s+(.+)$/.exec(line) ?? [];
  if (pattern === undefined || reason === undefined) throw new Error(`no reason is given: ${line}`);
  return { pattern, leftOut: minus === '-', reason };
}

export function matches({ pattern }: Expectation, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
