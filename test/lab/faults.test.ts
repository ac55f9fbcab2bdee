/** What the host, the program's drawing and the end of the process do to a run. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../../src/lab/index.js';
import type { RunResult } from '../../src/report/index.js';
import { guesthead, lastJson, script, startRun } from '../support/lab.js';
import type { Outcome } from './guest/draw-faults.js';

let lab: Lab;
before(async () => {
  lab = await Lab.boot({ size: { width: 1280, height: 720 } });
});
after(async () => {
  await lab.close();
});

describe('a host that is paused for 5 s', () => {
  it('goes on by itself, loses nothing, and the gap is reported once', async () => {
    const { job, ended } = await startRun(lab, []);
    await lab.qmp.execute('stop');
    await sleep(5000);
    await lab.qmp.execute('cont');
    await sleep(2000); // a flip that did not come meanwhile would be a fault
    job.kill('SIGINT');
    const { result } = await ended;
    assert.ok(result.frames > 0 && result.dropped === 0, JSON.stringify(result));
    assert.deepEqual(
      result.faults.map(({ code, count }) => [code, count]),
      [['ERR_HOST_PAUSED', 1]],
    );
    assert.match(result.faults[0]?.message ?? '', /about [456] s/);
  });
});

describe('a drawing that', () => {
  let outcomes: Outcome[];
  before(async () => {
    outcomes = lastJson<Outcome[]>(await lab.run(script('test/lab/guest/draw-faults.ts')));
  });
  const of = (draw: string, policy: string) =>
    outcomes.find((outcome) => outcome.draw === draw && outcome.policy === policy) ?? assert.fail(draw);

  for (const draw of ['throws', 'rejects', 'never returns']) {
    it(`${draw}: its frame is cancelled and counted, the screen keeps the last one, the loop goes on`, () => {
      const { flips, dropped, faults, error, shownAfterFault } = of(draw, 'skip');
      assert.deepEqual([flips, error], [40, null]);
      assert.ok(dropped > 0 && dropped === faults.length, `${dropped} dropped, ${faults.length} faults`);
      assert.deepEqual([...new Set(faults)], ['ERR_DRAW']);
      assert.ok(shownAfterFault);
    });

    it(`${draw}: ends the loop where that is asked for`, () => {
      const { flips, error } = of(draw, 'end');
      assert.equal(error, 'ERR_DRAW');
      assert.ok(flips > 0 && flips < 40);
    });
  }

  it('takes 200 ms: its frame comes late and is counted, nothing ends', () => {
    for (const policy of ['end', 'skip']) {
      const { flips, dropped, drawnLate, faults, error } = of('takes 200 ms', policy);
      assert.deepEqual([flips, dropped, faults, error], [40, 0, [], null]);
      assert.ok(drawnLate >= 3, `${drawnLate} late`);
    }
  });
});

describe('a process killed in mid-run', () => {
  it('by SIGKILL: the next start works and restores the console', async () => {
    const list = 'grep -h "allocated by" /sys/kernel/debug/dri/*/state | sort -u';
    const console0 = async () => (await lab.run(['sh', '-c', list])).stdout;
    const before = await console0();
    const { job } = await startRun(lab, []);
    assert.notEqual(await console0(), before);
    job.kill('SIGKILL');
    await job.done;
    const run = lastJson<RunResult>(await guesthead(lab, ['run', '--frames', '30', '--json']));
    assert.equal(run.frames, 30);
    assert.equal(await console0(), before);
  });
});
