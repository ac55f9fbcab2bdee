import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { silenceOf } from '../../../src/lab/heartbeat.js';

const silentMs = 60;
const never = new AbortController().signal;

describe('a guest’s heart', () => {
  /** Beats at each look for as long as `beating` says. */
  function heart(beating: () => boolean, isRunning: () => Promise<boolean> = () => Promise.resolve(true)) {
    let beats = 0;
    let looked = 0;
    const beat = () => {
      looked++;
      return beating() ? ++beats : beats;
    };
    return { beats: beat, isRunning, looked: () => looked };
  }

  it('that stops is told of after so many looks', async () => {
    let left = 5;
    const stopping = heart(() => left-- > 0);
    await silenceOf(stopping, silentMs, never);
    assert.equal(stopping.looked(), 5 + 12);
  });

  it('that stops and beats again is not', async () => {
    let look = 0;
    const irregular = heart(() => look++ % 12 === 0);
    const end = new AbortController();
    const silence = silenceOf(irregular, silentMs, end.signal);
    while (irregular.looked() < 40) await sleep(1);
    end.abort();
    await assert.rejects(silence, { name: 'AbortError' });
  });

  it('of a guest that is paused may be still', async () => {
    let asked = 0;
    const paused = heart(
      () => false,
      () => Promise.resolve(++asked > 30),
    );
    await silenceOf(paused, silentMs, never);
    assert.equal(asked, 30 + 12);
  });

  it('is taken for still where nobody says whether the guest runs', async () => {
    const asleep = heart(
      () => false,
      () => new Promise(() => undefined),
    );
    await silenceOf(asleep, silentMs, never);
    assert.equal(asleep.looked(), 13);
  });
});
