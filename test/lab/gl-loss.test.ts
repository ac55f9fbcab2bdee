/** A render GPU that goes while it draws, and comes back: a second virtio-gpu, which unlike vgem can be unbound. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import { lastJson, script } from '../support/lab.js';
import type { GlLoss } from './guest/gl-loss.js';

let lab: Lab;
before(async () => {
  lab = await Lab.boot({ size: { width: 1280, height: 720 }, renderGpu: true });
});
after(async () => {
  await lab.close();
});

const find = `for d in /sys/bus/virtio/drivers/virtio_gpu/virtio*; do
  echo $(basename $(dirname $(readlink -f $d))) $(basename $d)
done | sort`;

describe('a render GPU that is unbound while it draws', () => {
  it('is told as lost, not as closed, and draws again once it is back', async () => {
    const { stdout } = await lab.run(['sh', '-c', find]);
    const [display = [], render = []] = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    const [pci = '', name = ''] = render;
    const run = await lab.run(['timeout', '120', ...script('test/lab/guest/gl-loss.ts', display[0] ?? '', pci, name)]);
    const result = lastJson<GlLoss>(run);
    assert.equal(run.status, 0, run.stderr);
    const green = [0, 255, 0, 255];
    const expected = { compose: 'ERR_DEVICE_LOST', open: 'ERR_DEVICE_LOST', before: green, after: green };
    assert.deepEqual(result, { ...expected, renderer: result.renderer });
    assert.match(result.renderer, /llvmpipe/);
  });
});
