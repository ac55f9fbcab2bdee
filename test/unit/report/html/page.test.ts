import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { frameFlags, type HeadData } from '../../../../src/report/html/report-data.js';
import { machineFacts, reportPage, type ReportedHead } from '../../../../src/report/index.js';
import { jobOf, madeUpGpu } from '../../../support/made-up-gpu.js';
import { madeUpHead } from '../../../support/made-up-run.js';
import { embedded } from '../../../support/report.js';

function pageOf(...heads: ReportedHead[]): string {
  return reportPage({ heads, facts: machineFacts(heads.map(({ result }) => result)), madeAt: new Date(0) });
}

function dataOf(head: ReportedHead): HeadData {
  return embedded(pageOf(head)).heads[0]!;
}

describe('the page about a run', () => {
  it('carries every frame in whole µs from its own origin', () => {
    const late = { missed: 2, tearRisk: true, drawnLate: true, dropped: 3 };
    const { frames, measuredUs, periodUs, lanes } = dataOf(madeUpHead({ frames: 100, changes: { 50: late } }));
    for (const column of Object.values(frames) as (number | null)[][]) {
      assert.equal(column.length, 100);
      assert.ok(column.every((value) => value === null || Number.isInteger(value)));
    }
    assert.deepEqual([frames.frame[49], frames.slot[49], frames.missed[49], frames.dropped[49]], [50, 2, 2, 3]);
    assert.equal(frames.flags[49], frameFlags.tearRisk + frameFlags.drawnLate);
    assert.equal(Math.min(...frames.flippedUs.map((us, i) => us - frames.latencyUs[i]!)), 0);
    assert.ok(Math.abs(frames.flippedUs[49]! - frames.flippedUs[48]! - 50_000) < 250);
    assert.equal(frames.drawUs[0], 3000);
    assert.ok(frames.drainUs[0]! >= 4000 && frames.drainUs[0]! <= 5000);
    assert.equal(frames.drainUs.at(-1), null); // still on the screen
    assert.deepEqual(measuredUs, [frames.flippedUs[7], frames.flippedUs[99]]);
    assert.deepEqual([periodUs, lanes], [16_667, 4]);
  });

  it('says the verdict, the reasons and what was found, in words', () => {
    const page = pageOf(madeUpHead({ frames: 300, changes: { 100: { missed: 5 } } }), madeUpHead({ frames: 60 }));
    assert.match(page, /<title>fail: Virtual-1, Virtual-1 – guesthead run<\/title>/);
    assert.match(page, /<li>5 of 292 flips came late<\/li>/);
    assert.match(page, /<dd>virtio_gpu \/dev\/dri\/card0 Virtual-1<\/dd>/);
    assert.match(page, /<dt>first flip<\/dt><dd>after 700 ms: loading 300, Mesa 150, /);
    assert.match(page, /<dt>judged<\/dt><dd>tearing, copies, faults, pace: the pace by the mode's rate<\/dd>/);
    assert.match(page, new RegExp(`<th scope="row">node</th><td>ok</td><td>${process.version}</td>`));
    const emulated = madeUpHead({ frames: 60, emulation: 'QEMU emulates' });
    assert.match(pageOf(emulated), /<p class="note">the pace was not judged: QEMU emulates, .* --strict judges/);
    assert.match(pageOf(madeUpHead({ frames: 60 })), /<title>pass: Virtual-1 –/);
  });

  it('needs nothing but itself, and takes no text for markup', () => {
    const page = pageOf(madeUpHead({ frames: 60, faultsAfter: [30] }));
    assert.doesNotMatch(page, /<(script|link|img)[^>]+(src|href)="(?!data:)/);
    assert.match(page, /var uPlot=/);
    assert.match(page, /No flip event within 2000 ms &lt;\/script&gt;&lt;b&gt;&amp;/);
    assert.doesNotMatch(page, /<\/script><b>/);
    assert.equal(page.split('</script>').length - 1, 3);
    assert.equal(embedded(page).heads[0]?.faults[0]?.message, 'No flip event within 2000 ms </script><b>&');
  });

  it('leaves out what belongs to frames that the recording forgot, and says how many those are', () => {
    const whole = madeUpHead({ frames: 200, faultsAfter: [20, 150] });
    const { frames, faults, flushFences } = whole.recording;
    const page = pageOf({ ...whole, recording: { frames: frames.slice(100), faults, flushFences, forgotten: 100 } });
    const head = embedded(page).heads[0]!;
    assert.match(page, /100 frames are in this page.*The first 100 of the run were too many to keep/s);
    assert.deepEqual([head.frames.frame[0], head.faults.length], [101, 1]);
    assert.ok(head.flushFences.atUs.length > 20 && head.flushFences.atUs.every((us) => us >= 0));
  });

  it('has the GPU in it where the GPU drew: its renderer, its kind of fence and the measured drawings', () => {
    const head = madeUpHead({ frames: 100 });
    const at = (ms: number) => ({ calledAtMs: head.fromMs + ms });
    const jobs = [jobOf({ ...at(-50), drawMs: 2000 }), jobOf({ ...at(10), drawMs: 4 }), jobOf(at(30)), jobOf(at(1e6))];
    const gpu = madeUpGpu([jobOf({ ...at(20), what: 'createEffect' }), ...jobs.slice(1)]);
    const page = reportPage({ heads: [head], facts: [], madeAt: new Date(0), gpu });
    const data = embedded(page).gpu ?? assert.fail('no GPU');
    assert.deepEqual(
      [data.drawings.drawUs, data.drawings.queueUs, data.renderFences.us],
      [
        [4000, 4000],
        [1000, 1000],
        [5750, 5750],
      ],
    );
    assert.ok(data.drawings.atUs.every((us) => Number.isInteger(us) && us > 0));
    assert.match(page, /<dt>renderer<\/dt><dd>llvmpipe \(LLVM 15\.0\.6, 256 bits\) \(Mesa &lt;b&gt;\)<\/dd>/);
    assert.match(page, /<dt>fence<\/dt><dd>finish: the driver has none/);
    const slow = reportPage({ heads: [head], facts: [], madeAt: new Date(0), gpu: madeUpGpu(jobs.slice(0, 1)) });
    assert.match(slow, /<dt>jobs<\/dt><dd>1 in this page, 0 failed<\/dd>/);
    assert.equal(embedded(pageOf(head)).gpu, null);
    assert.doesNotMatch(pageOf(head), /class="gpu"/);
  });

  it('is made of a run without a flip, too', () => {
    const { frames, measuredUs } = dataOf(madeUpHead({ frames: 0 }));
    assert.deepEqual([frames.flippedUs, measuredUs], [[], null]);
  });
});
