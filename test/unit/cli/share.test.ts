/** `guesthead share`, with a port and memory of the test's own. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { share } from '../../../src/cli/share-run.js';
import type { ShareOptions } from '../../../src/cli/share-options.js';
import { describeShare, judgeShare } from '../../../src/cli/share-result.js';
import { judgeCapture, readNote } from '../../../src/render/index.js';
import { code } from '../../support/producer-rig.js';
import { obligingBroker, transferRig } from '../../support/transfer-rig.js';

const size = { width: 96, height: 64 };

function run(options: ShareOptions, rig = transferRig(), signal = new AbortController().signal) {
  return share({ size, ...options }, signal, {
    open: () => Promise.resolve(rig.producer),
    emulation: () => 'a test',
    judged: () => Promise.resolve(null),
  });
}

/** 4 bytes a pixel as it lies in memory, as the host would see it. */
function rgbOf(memory: ArrayBuffer, stride: number): Uint8Array {
  const pixels = new Uint32Array(memory);
  const rgb = new Uint8Array(size.width * size.height * 3);
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) {
      const pixel = pixels[(y * stride) / 4 + x]!;
      rgb.set([pixel >> 16, (pixel >> 8) & 255, pixel & 255], (y * size.width + x) * 3);
    }
  return rgb;
}

describe('share', () => {
  for (const rate of ['max', 500] as const)
    it(`hands over so many whole pictures, at the rate ${rate}, and leaves nothing open`, async () => {
      const rig = transferRig();
      obligingBroker(rig.port);
      const wrong: string[] = [];
      const { stride } = rig.producer.allocate(size).layout;
      rig.producer.buffers[0]!.close();
      const answer = rig.port.onSent!;
      rig.port.onSent = (message) => {
        const judged = { ...size, rgb: rgbOf(rig.pages.drawn, stride) };
        if (message.type === 'export' && message.sequence === 1n && !judgeCapture(judged).exact) wrong.push(message.id);
        answer(message);
      };
      const result = await run({ frames: 30, rate }, rig);
      assert.deepEqual([result.verdict, result.reasons, result.exports, result.releases], ['pass', [], 30, 30]);
      assert.deepEqual(wrong, []);
      assert.ok(result.roundTripMs !== null && result.roundTripMs.p50 > 0);
      assert.equal(result.late === null, rate === 'max');
      const { total, ...parts } = result.firstExportMs;
      const sum = Object.values(parts).reduce((one, other) => one + other);
      assert.ok(total > 0 && Math.abs(total - sum) < 0.01, JSON.stringify(result.firstExportMs));
      const notes = rig.port.said('export').map(({ privateData }) => readNote(privateData));
      assert.deepEqual(new Set(notes.map((note) => note?.pattern)), new Set(['counter']));
      const urgent = notes.filter((note) => note?.handover !== undefined);
      assert.equal(urgent.length, rate === 'max' ? 0 : 22, 'all but the warm-up’s');
      if (rate === 500) assert.deepEqual(new Set(urgent.map((note) => note?.handover?.periodMs)), new Set([2]));
      const registered = new Set(rig.port.said('register').map(({ buffer }) => buffer));
      assert.equal(rig.port.said('register').length, registered.size, 'each page list once');
      assert.deepEqual([rig.port.open$.size, rig.pages.open.size, rig.pages.mappings], [0, 0, 0]);
    });

  it('goes on with the next broker, and says that exports were revoked', async () => {
    const rig = transferRig();
    obligingBroker(rig.port);
    const { onSent } = rig.port;
    let hungUp = false;
    rig.port.onSent = (message) => {
      onSent?.(message);
      if (hungUp || message.type !== 'export' || message.sequence !== 5n) return;
      hungUp = true;
      rig.port.hangUp();
      setImmediate(() => rig.port.connect());
    };
    const result = await run({ frames: 20, rate: 'max' }, rig);
    assert.deepEqual([result.verdict, result.exports], ['fail', 20]);
    assert.match(result.reasons.join(), /of 20 exports were revoked: the host’s side of the port was closed/);
    assert.equal(rig.port.said('hello').length, 2);
  });

  it('says that no broker came, and leaves nothing open', async () => {
    const rig = transferRig();
    await assert.rejects(run({ frames: 1, wait: 20 }, rig), code('ERR_NO_DEVICE'));
    assert.deepEqual([rig.port.open$.size, rig.pages.open.size], [0, 0]);
  });

  it('ends well by a signal, also while it waits', async () => {
    const waiting = new AbortController();
    setImmediate(() => waiting.abort());
    assert.deepEqual((await run({ frames: 1 }, transferRig(), waiting.signal)).reasons, ['nothing was exported']);
    const rig = transferRig();
    const running = new AbortController();
    obligingBroker(rig.port, () => running.abort());
    const { verdict, exports, releases } = await run({ rate: 'max' }, rig, running.signal);
    assert.deepEqual([verdict, exports > 0, exports], ['pass', true, releases]);
  });

  it('passes only what the host saw whole', async () => {
    const rig = transferRig();
    obligingBroker(rig.port);
    const figures = await run({ frames: 3, rate: 'max' }, rig);
    const host = { judgeMs: null, arrival: null };
    const judged = (received: number, exact: number, torn: number, unjudged = 0) =>
      judgeShare(figures, { emulation: undefined, host: { ...host, received, exact, torn, unjudged } });
    assert.equal(judged(3, 3, 0).verdict, 'pass');
    assert.deepEqual(judged(0, 0, 0).reasons, ['the host received 0 pictures, and 3 were released']);
    assert.deepEqual(judged(3, 1, 1).reasons, [
      '1 of 3 received pictures are torn',
      '1 of 3 received pictures differ from what was drawn',
    ]);
    assert.equal(judged(3, 0, 0, 3).verdict, 'pass'); // a pattern that nobody can judge
    const late = judgeShare({ ...figures, late: 2 }, { emulation: undefined, host: null });
    assert.deepEqual(late.reasons, ['2 pictures were released more than a period after their export']);
    const arrival = { late: 2, delayMs: { p50: 1, p99: 2, max: 30 } };
    const behind = { ...host, received: 3, exact: 3, torn: 0, unjudged: 0, arrival };
    const came = (emulation?: string) => judgeShare(figures, { emulation, host: behind });
    assert.deepEqual(came().reasons, ['2 pictures came to the host more than a period late']);
    assert.deepEqual(came('an emulated processor').reasons, []);
    assert.match(describeShare(came()).join('\n'), /2 came late, at most 30 ms after the quickest/);
    const missed = judgeShare({ ...figures, missed: 2 }, { emulation: undefined, host: null });
    assert.deepEqual(missed.reasons, ['no buffer was free for 2 pictures']);
    assert.match(
      describeShare(judged(3, 2, 1)).join('\n'),
      /3 pictures of 96x64[^]*the host received 3: 2 exact, 1 torn/,
    );
  });
});
