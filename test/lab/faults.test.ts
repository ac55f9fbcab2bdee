/** Faults while flipping. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../../src/lab/index.js';
import type { RunResult } from '../../src/report/index.js';
import { guesthead, lastJson, untilFlipping } from '../support/lab.js';

let lab: Lab;
before(async () => {
  lab = await Lab.boot();
});
after(async () => {
  await lab.close();
});

describe('a fault in mid-run', () => {
  it('host paused for 5 s: goes on by itself, nothing lost', async () => {
    const run = guesthead(lab, ['run', '--frames', '300', '--json']);
    await untilFlipping(lab);
    await lab.qmp.execute('stop');
    await sleep(5000);
    await lab.qmp.execute('cont');
    const result = lastJson<RunResult>(await run);
    assert.equal(result.frames, 300);
    assert.equal(result.tearRisk, 0);
  });
});
