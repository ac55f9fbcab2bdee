import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMPTY, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { GuestheadError } from '../../../src/errors.js';
import type { Flip } from '../../../src/loop/index.js';
import { flipAt } from '../../support/flips.js';
import { tryFlip, type OpenFlippingHead } from '../../../src/probe/flip.js';

const flip = flipAt(1, { flipMs: 13.64 });

interface Made {
  readonly flips$?: Observable<Flip>;
  readonly flushFence$?: Observable<number>;
  readonly faults$?: Observable<GuestheadError>;
}

/** A head that flips as told; counts how often it is closed and whether its flips were ended. */
function made({ flips$ = of(flip), flushFence$ = of(4.92), faults$ = NEVER }: Made) {
  const state = { closed: 0, ended: 0 };
  const open = (() =>
    Promise.resolve({
      info: { path: 'import' },
      flips: () =>
        new Observable<Flip>((subscriber) => {
          const flips = flips$.subscribe(subscriber);
          return () => {
            state.ended++;
            flips.unsubscribe();
          };
        }),
      flushFence$,
      faults$,
      close: () => {
        state.closed++;
        return Promise.resolve();
      },
    })) as unknown as OpenFlippingHead;
  return { state, open };
}

const tried = async (parts: Made) => {
  const { state, open } = made(parts);
  const trial = await tryFlip('/dev/dri/renderD129', '/dev/dri/card0', open);
  assert.deepEqual(state, { closed: 1, ended: 1 }, 'the screen is given back');
  return trial;
};

describe('a flip in earnest', () => {
  it('tells of the flip event and the flush fence', async () => {
    const { check, path } = await tried({ flips$: new Observable((subscriber) => subscriber.next(flip)) });
    assert.deepEqual([check.status, path], ['ok', 'import']);
    assert.equal(check.found, 'import: flip event after 13.6 ms, its flush fence after 4.9 ms');
  });

  it('does not wait for a fence that is gone before it is seen', async () => {
    const flips$ = new Observable<Flip>((subscriber) => {
      for (let frame = 0; frame < 50 && !subscriber.closed; frame++) subscriber.next({ ...flip, tearRisk: true });
    });
    const { check } = await tried({ flips$, flushFence$: NEVER });
    assert.match(check.found, /too quickly to be seen; the host was not done/);
  });

  it('fails with what the host refused', async () => {
    const faults$ = new Subject<GuestheadError>();
    const flips$ = new Observable<Flip>(() => {
      faults$.next(new GuestheadError('ERR_HOST_REFUSED', 'The host refused', { advice: 'raise list_limit' }));
    });
    const { check, path } = await tried({ flips$, flushFence$: NEVER, faults$ });
    assert.deepEqual(
      [check.status, check.code, check.advice, path],
      ['no', 'ERR_HOST_REFUSED', 'raise list_limit', undefined],
    );
  });

  it('fails where the flips do, or end without one', async () => {
    const lost = new GuestheadError('ERR_DEVICE_LOST', 'gone');
    assert.equal((await tried({ flips$: throwError(() => lost) })).check.code, 'ERR_DEVICE_LOST');
    const none = await tried({ flips$: EMPTY, flushFence$: EMPTY, faults$: EMPTY });
    assert.match(none.check.found, /no flip event/);
  });

  it('that cannot be opened is a check, too', async () => {
    const open = () => Promise.reject(new GuestheadError('ERR_NOT_MASTER', 'held'));
    const { check } = await tryFlip('a', 'b', open);
    assert.deepEqual([check.status, check.code], ['unknown', 'ERR_NOT_MASTER']);
  });
});
