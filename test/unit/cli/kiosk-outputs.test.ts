import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Subject } from 'rxjs';
import { outputNews } from '../../../src/cli/kiosk-outputs.js';
import type { HeadState } from '../../../src/head/index.js';
import type { OutputChange } from '../../../src/kiosk/index.js';

const on = (width = 1280, height = 720): HeadState => ({ kind: 'on', mode: { width, height, refreshHz: 74.9983 } });

function said(seated: boolean, ...changes: readonly (readonly [connector: string, state: HeadState])[]): string[] {
  const outputs$ = new Subject<OutputChange>();
  const lines: string[] = [];
  outputNews(outputs$, seated).subscribe((line) => lines.push(line));
  for (const [connector, state] of changes) outputs$.next({ connector, state });
  return lines;
}

describe('what a kiosk says of its heads', () => {
  it('is that another session has the display, and when it is back', () => {
    const lines = said(true, ['Virtual-1', on()], ['Virtual-1', { kind: 'waiting for master' }], ['Virtual-1', on()]);
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? '', /^Virtual-1 is another session’s: .*seen when the seat gives it back$/);
    assert.equal(lines[1], 'Virtual-1 shows windows again, 1280x720 at 75.00 Hz');
  });

  it('is nothing of what is told as a fault, but its end', () => {
    for (const kind of ['waiting for master', 'unplugged', 'lost'] as const) {
      const lines = said(false, ['Virtual-1', on()], ['Virtual-1', { kind }], ['Virtual-1', on(800, 600)]);
      assert.deepEqual(lines, ['Virtual-1 shows windows again, 800x600 at 75.00 Hz'], kind);
    }
  });

  it('is another mode, of each head by itself, and nothing of the beginning', () => {
    const lines = said(false, ['Virtual-1', on()], ['Virtual-2', on(64, 48)], ['Virtual-1', on(1024, 768)]);
    assert.deepEqual(lines, ['Virtual-1 is 1024x768 at 75.00 Hz now']);
  });

  it('is nothing of what the kiosk turns off and on itself while nobody uses it', () => {
    assert.deepEqual(said(true, ['Virtual-1', on()], ['Virtual-1', { kind: 'off' }], ['Virtual-1', on()]), []);
  });
});
