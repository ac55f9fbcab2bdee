/** Half a minute of `npm run soak`, which goes on for ten. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { seedOf } from '../support/random.js';
import { faultNames, soak } from './soak/soak.js';

const seed = seedOf();

it(`flips on through a quarter of a minute of random faults, and holds no more than before (GUESTHEAD_SEED=${seed})`, async (test) => {
  const said: string[] = [];
  const say = (line: string) => {
    said.push(line);
    test.diagnostic(line);
  };
  const wrong = await soak({ seconds: 15, seed, faults: faultNames, say, signal: test.signal });
  assert.deepEqual(wrong, [], said.join('\n'));
});
