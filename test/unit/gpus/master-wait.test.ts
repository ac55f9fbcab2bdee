import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { GuestheadError } from '../../../src/errors.js';
import { openGpus, openHead } from '../../../src/head/index.js';
import { masterInTime } from '../../../src/gpus/master-wait.js';
import { FakeNative } from '../../../src/testing/index.js';
import { HandClock, settle } from '../../support/loop-rig.js';

const notMaster = new GuestheadError('ERR_NOT_MASTER', 'Another process holds the display');
const reason = new Error('the user has gone');

function sleepOn(clock: HandClock) {
  return (ms: number, signal: AbortSignal | undefined) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted === true) resolve();
      const end = () => {
        cancel();
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const cancel = clock.after(ms, end);
      signal?.addEventListener('abort', end);
    });
}

/** A device whose first openers are refused with these; each later one gets a node of its own, numbered. */
function waitFor(refusals: readonly Error[], onWait: (controller: AbortController) => void = () => undefined) {
  const left = [...refusals];
  const seen = { tries: 0, told: [] as GuestheadError[], end: 'waits' as unknown };
  const open = () => {
    const node = ++seen.tries;
    const refusal = left.shift();
    if (refusal !== undefined) throw refusal;
    return `node ${node}`;
  };
  const clock = new HandClock();
  const controller = new AbortController();
  const told = (why: GuestheadError) => {
    seen.told.push(why);
    onWait(controller);
  };
  masterInTime(open, { onWait: told, signal: controller.signal }, sleepOn(clock)).then(
    (node) => (seen.end = node),
    (error: unknown) => (seen.end = error),
  );
  return { seen, clock, controller };
}

describe('the wait for DRM master', () => {
  it('tells once why, opens anew at each try, and ends with the node when the other process has given the display back', async () => {
    const { seen, clock, controller } = waitFor([notMaster, notMaster, notMaster]);
    for (const tries of [1, 2, 3]) {
      await settle();
      assert.deepEqual([seen.tries, seen.end], [tries, 'waits']);
      clock.advance(1000);
    }
    await settle();
    assert.deepEqual(seen, { tries: 4, told: [notMaster], end: 'node 4' });
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0, 'the signal may live for long');
  });

  it('is not for another failure', async () => {
    const gone = new GuestheadError('ERR_DEVICE_LOST', 'gone');
    const { seen, clock } = waitFor([notMaster, gone]);
    await settle();
    clock.advance(1000);
    await settle();
    assert.deepEqual(seen, { tries: 2, told: [notMaster], end: gone });
  });

  it('ends at once with the reason of an abort, and tries no more', async () => {
    const { seen, clock, controller } = waitFor(Array.from({ length: 9 }, () => notMaster));
    await settle();
    clock.advance(1000);
    await settle();
    controller.abort(reason);
    await settle();
    assert.deepEqual(seen, { tries: 2, told: [notMaster], end: reason });
    clock.advance(1000);
    await settle();
    assert.equal(seen.tries, 2);
  });

  it('ends with the reason where whoever is told of it aborts', async () => {
    const { seen } = waitFor([notMaster], (controller) => {
      controller.abort(reason);
    });
    await settle();
    assert.deepEqual(seen, { tries: 1, told: [notMaster], end: reason });
  });

  it('does not begin where it was aborted before: no device is touched', async () => {
    const options = { signal: AbortSignal.abort(reason), display: '/dev/null', native: new FakeNative() };
    for (const opening of [openGpus(options), openHead(options)])
      await assert.rejects(opening, (error) => error === reason);
  });

  it('rejects with a reason that is no error, or has an errno, as it is', async () => {
    for (const odd of ['enough', Object.assign(new Error('slow'), { errno: -5 })])
      await assert.rejects(openHead({ signal: AbortSignal.abort(odd) }), (error) => error === odd);
  });
});
