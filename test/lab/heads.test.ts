/** Several heads of one display at once, by the command. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import type { HeadsResult } from '../../src/report/index.js';
import { guesthead, lastJson, measured } from '../support/lab.js';

let lab: Lab;
before(async () => {
  lab = await Lab.boot({ heads: 4 });
});
after(async () => {
  await lab.close();
});

function runOn(connectors: readonly string[], frames: number, captures: number): Promise<HeadsResult> {
  const words = connectors.flatMap((name) => ['--connector', name]);
  return measured(
    async () => {
      const run = await guesthead(lab, ['run', ...words, '--frames', String(frames), '--json'], {
        GUESTHEAD_CAPTURES: String(captures),
      });
      return lastJson<HeadsResult>(run);
    },
    ({ heads }) => heads.every(({ refreshRatio }) => captures > 0 || refreshRatio >= nearlyAll),
  );
}

/** Of the refresh rate: four heads at once leave an emulated guest on two shared cores little to spare. */
const nearlyAll = 0.9;

describe('guesthead run on several heads', () => {
  it('flips all four at once, each with buffers and a loop of its own, none at the cost of another', async () => {
    const { heads } = await runOn(['all'], 300, 0);
    assert.deepEqual(
      heads.map(({ display }) => [display.connector, display.head]),
      [0, 1, 2, 3].map((head) => [`Virtual-${String(head + 1)}`, head]),
    );
    for (const { mode, frames, refreshRatio, buffers, display } of heads) {
      assert.deepEqual([mode.width, mode.height, frames, buffers], [1280, 720, 300, 4]);
      assert.ok(refreshRatio >= nearlyAll, `${display.connector}: ${String(refreshRatio)}`);
      assert.match(display.model ?? '', /QEMU/);
    }
  });

  it('shows on each of two what was drawn for it', async () => {
    const { heads } = await runOn(['Virtual-2', 'Virtual-4'], 60, 2);
    assert.deepEqual(
      heads.map(({ display, host }) => [display.head, host]),
      [1, 3].map((head) => [head, { captures: 2, exact: 2, torn: 0 }]),
    );
  });

  it('refuses a connector named twice, and one that there is not', async () => {
    for (const [words, says] of [
      [['Virtual-1', 'Virtual-1'], /Virtual-1 has a head already/],
      [['Virtual-1', 'DP-3'], /no connector 'DP-3'[^]*Virtual-4 \(connected\)/],
    ] as const) {
      const run = await guesthead(lab, ['run', '--frames', '1', ...words.flatMap((name) => ['--connector', name])]);
      assert.equal(run.status, 2, run.stderr);
      assert.match(run.stderr, says);
    }
  });
});
