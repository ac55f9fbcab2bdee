/** Heads that the host resizes, closes and opens again while they flip. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab, type Size } from '../../src/lab/index.js';
import { Flipper } from '../support/flipper.js';
import { HostWindow, randomSize } from '../support/host-window.js';
import { startRun } from '../support/lab.js';
import { Random, seedOf } from '../support/random.js';

let lab: Lab;
before(async () => {
  lab = await Lab.boot({ size: { width: 1280, height: 720 } });
});
after(async () => {
  await lab.close();
});

/** What the CRTCs show, whoever flips. */
async function shownBy(): Promise<string> {
  const list = 'grep -h "allocated by" /sys/kernel/debug/dri/*/state | sort -u';
  return (await lab.run(['sh', '-c', list])).stdout;
}

describe('a head that follows the host', () => {
  const cycles = 100;

  /** Waits, at times, until the guest has come as far as the host; at others the next change comes at once. */
  async function torment(window: HostWindow, flipper: Flipper, random: Random): Promise<void> {
    for (let cycle = 0; cycle < cycles; cycle++) {
      await window.set(random.chance(0.3) ? undefined : randomSize(random));
      if (random.chance(0.75)) await sleep(random.whole(0, 100));
      else await window.settled(flipper);
    }
  }

  /** A size that QEMU's EDID has no valid mode for; see `randomSize`. */
  async function stayAtNoMode(flipper: Flipper): Promise<void> {
    const { size } = await flipper.status();
    await lab.resize(0, { width: 1232, height: 168 });
    await flipper.until('ERR_NO_MODE', ({ faults }) => faults['ERR_NO_MODE'] === 1);
    await flipper.flipsOn(size);
  }

  const first: Size = { width: 800, height: 600 };
  const last: Size = { width: 1024, height: 600 };
  const seed = seedOf();
  it(`neither crashes nor leaks over ${cycles} random resizes and plug cycles (GUESTHEAD_SEED=${seed})`, async () => {
    const random = new Random(seed);
    const shown = await shownBy();
    const window = new HostWindow(lab);
    const flipper = await Flipper.start(lab, { path: 'import', onResize: 'follow' });
    try {
      for (const size of [undefined, first]) {
        await window.set(size); // once each, for what is loaded and kept at the first time
        await window.settled(flipper);
      }
      const { held: before } = await flipper.held();
      await stayAtNoMode(flipper);
      await torment(window, flipper, random);
      for (const size of [undefined, last]) {
        await window.set(size);
        await window.settled(flipper, 20);
      }
      const { held, faults, path } = await flipper.held();
      assert.deepEqual(held, before);
      assert.equal(path, 'import');
      assert.deepEqual(Object.keys(faults), ['ERR_NO_CONNECTOR', 'ERR_NO_MODE'], 'and nothing else');
      assert.equal(faults['ERR_NO_MODE'], 1);
      const { status, unopened, closed } = await flipper.end();
      assert.equal(status, 0);
      assert.deepEqual([closed.dmabufs, closed.framebuffers], [unopened.dmabufs, unopened.framebuffers]);
      assert.equal(await shownBy(), shown);
    } finally {
      flipper.kill();
    }
  });
});

/** Another change only then: the kernel may lose one that comes sooner. See `HostWindow`. */
async function untilKernelSays(status: 'connected' | 'disconnected'): Promise<void> {
  const file = '/sys/class/drm/card*-Virtual-1/status';
  const probe = `for f in ${file}; do echo detect > $f; done; grep -qx ${status} ${file}`;
  const wait = `until ${probe}; do sleep 0.1; done; sleep 0.2`;
  assert.equal((await lab.run(['timeout', '30', 'sh', '-c', wait])).status, 0, `never ${status}`);
}

describe('a head that does not follow', () => {
  const size: Size = { width: 1280, height: 720 };

  beforeEach(async () => {
    await lab.resize(0, size);
    await untilKernelSays('connected');
  });

  it('--on-resize keep: flips on in its mode', async () => {
    const { job, ended } = await startRun(lab, ['--mode', '1024x768', '--on-resize', 'keep']);
    await lab.unplug(0);
    await untilKernelSays('disconnected');
    await lab.resize(0, { width: 640, height: 480 });
    await untilKernelSays('connected');
    assert.match(await shownBy(), /node/);
    job.kill('SIGINT');
    const { result } = await ended;
    assert.deepEqual([result.mode.width, result.mode.height], [1024, 768]);
    assert.deepEqual(result.faults, []);
    assert.doesNotMatch(result.reasons.join(), /ERR_/);
  });

  for (const change of ['resize', 'unplug'] as const)
    it(`--on-resize stop: a ${change} ends the run, and the screen is given back`, async () => {
      const before = await shownBy();
      const { ended } = await startRun(lab, ['--on-resize', 'stop']);
      assert.notEqual(await shownBy(), before);
      await (change === 'resize' ? lab.resize(0, { width: 640, height: 480 }) : lab.unplug(0));
      const { result, stderr } = await ended;
      assert.ok(result.frames > 0);
      assert.doesNotMatch(result.reasons.join() + stderr, /ERR_/);
      if (change === 'resize') assert.equal(await shownBy(), before);
      else assert.doesNotMatch(await shownBy(), /node/); // the kernel's console has no connector either
    });
});
