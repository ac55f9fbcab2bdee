import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Subject } from 'rxjs';
import { collectBetween } from '../../../src/cli/collect.js';

describe('what clients have left behind', () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const begin = (collect?: () => void) => {
    const gone$ = new Subject<void>();
    const shown = { windows: [] as readonly string[] };
    const subscription = collectBetween({ gone$, windows: () => shown.windows }, collect);
    /** The windows of each go after it. */
    const leave = async (count: number, left: readonly string[] = []) => {
      shown.windows = ['a window'];
      for (let each = 0; each < count; each++) gone$.next();
      shown.windows = left;
      await turn();
    };
    return { leave, subscription };
  };

  it('is collected when many have gone', async () => {
    let times = 0;
    const { leave } = begin(() => times++);
    await leave(15);
    assert.equal(times, 0);
    await leave(1);
    assert.equal(times, 1);
    await leave(16);
    assert.equal(times, 2);
  });

  it('is not while a window is there, but soon after', async () => {
    let times = 0;
    const { leave } = begin(() => times++);
    await leave(40, ['a window']);
    assert.equal(times, 0);
    await leave(1);
    assert.equal(times, 1);
  });

  it('is collected by V8', async () => {
    const left = new WeakRef({});
    await turn();
    const { leave, subscription } = begin();
    await leave(16);
    await turn();
    assert.equal(left.deref(), undefined);
    subscription.unsubscribe();
  });
});
