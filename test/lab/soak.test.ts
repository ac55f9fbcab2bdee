/** Half a minute of `npm run soak`, which goes on for ten. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { seedOf } from '../support/random.js';
import { soak } from './soak/soak.js';
import { subjects } from './soak/subjects.js';

const seed = seedOf();

it(`flips on through a quarter of a minute of random faults, and holds no more than before (GUESTHEAD_SEED=${seed})`, async (test) => {
  const said: string[] = [];
  const say = (line: string) => {
    said.push(line);
    test.diagnostic(line);
  };
  const subject = subjects.head;
  const wrong = await soak({
    seconds: 15,
    seed,
    subject,
    faults: Object.keys(subject.faults),
    say,
    signal: test.signal,
  });
  assert.deepEqual(wrong, [], said.join('\n'));
});
