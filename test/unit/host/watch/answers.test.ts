import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Answers, type Pace } from '../../../../src/host/watch/answers.js';

/** When, in ms, updates at these times are answered. */
function answered(pace: Pace, updates: readonly number[]): number[] {
  let now = 0;
  const timers: { at: number; call: () => void }[] = [];
  const clock = {
    now: () => now,
    setTimer: (call: () => void, ms: number) => {
      timers.push({ at: now + ms, call });
      return () => undefined;
    },
  };
  const answers = new Answers(pace, clock);
  const times: number[] = [];
  for (const update of updates) {
    now = update;
    answers.settle(() => times.push(now));
  }
  for (const { at, call } of timers.sort((one, other) => one.at - other.at)) {
    now = at;
    call();
  }
  assert.equal(answers.given, updates.length);
  return times.sort((one, other) => one - other);
}

describe('the answers to a dma-buf’s changes', () => {
  it('come at once where nothing else is said', () => {
    assert.deepEqual(answered({}, [0, 1, 50]), [0, 1, 50]);
  });

  it('come at most so often a second', () => {
    assert.deepEqual(answered({ hz: 50 }, [0, 1, 2, 100, 101]), [0, 20, 40, 100, 120]);
  });

  it('come so much later, each of them', () => {
    assert.deepEqual(answered({ lateMs: 7 }, [0, 10, 100]), [7, 17, 107]);
  });

  it('stay out once for so long, a second after the first', () => {
    assert.deepEqual(answered({ stallMs: 3000 }, [0, 999, 1000, 2500, 4000, 9000]), [0, 999, 4000, 4000, 4000, 9000]);
  });

  it('do not come after the end', async () => {
    let given = 0;
    const answers = new Answers({ lateMs: 1 });
    answers.settle(() => given++);
    answers.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(given, 0);
  });
});
