import assert from 'node:assert/strict';
import { it } from 'node:test';
import { withoutEcho } from '../../../src/cli/signal-echo.js';

it('a signal counts once in half a second, another one and a later one count', () => {
  let now = 1000;
  const handled: string[] = [];
  const handle = withoutEcho(
    (signal) => handled.push(signal),
    () => now,
  );
  for (const [at, signal] of [
    [1000, 'SIGTERM'],
    [1001, 'SIGTERM'],
    [1100, 'SIGINT'],
    [1499, 'SIGTERM'],
    [1500, 'SIGTERM'],
    [1590, 'SIGINT'],
  ] as const) {
    now = at;
    handle(signal);
  }
  assert.deepEqual(handled, ['SIGTERM', 'SIGINT', 'SIGTERM']);
});
