/** What draws while GL is lost, and after it is back. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { GlPainter } from '../../../src/cli/gl-painter.js';
import { GuestheadError } from '../../../src/errors.js';
import type { GlDrawing } from '../../../src/gl-patterns/index.js';
import type { Frame } from '../../../src/loop/index.js';
import { createPattern } from '../../../src/render/index.js';
import { GlMeter } from '../../../src/report/index.js';

const [width, height] = [64, 32];
const info = { renderer: 'a GPU', vendor: 'v', platform: 'gbm', nativeFence: true, glVersion: 'OpenGL ES 3.2' };

function frameOf(number: number): Frame {
  const pixels = new Uint32Array(width * height);
  return { number, age: 3, width, height, stridePixels: width, pixels, damaged: () => undefined } as unknown as Frame;
}

/** Draws nothing, or fails. */
class MadeUpDrawing {
  lost = false;
  drawn = 0;
  closed = false;
  readonly gl = { info, closed: false };
  readonly fence = 'native';
  readonly loadMs = undefined;

  draw(): Promise<object> {
    if (this.lost) return Promise.reject(new GuestheadError('ERR_DEVICE_LOST', 'gone'));
    this.drawn++;
    return Promise.resolve({});
  }

  close(): void {
    this.closed = true;
  }
}

function rig(fallsBack: boolean, next: () => Promise<MadeUpDrawing>) {
  const first = new MadeUpDrawing();
  const painter = new GlPainter({
    openDrawing: async () => (await next()) as unknown as GlDrawing,
    drawing: first as unknown as GlDrawing,
    ...{ meter: new GlMeter(), pattern: 'smpte', reason: null, fallsBack, againMs: 1 },
  });
  return { first, painter };
}

describe('a run that draws by GL', () => {
  it('with auto is drawn by the CPU, whole, until GL is back', async () => {
    const second = new MadeUpDrawing();
    let tries = 0;
    const { first, painter } = rig(true, () =>
      ++tries < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve(second),
    );
    first.lost = true;
    const frame = frameOf(7);
    await painter.draw(frame);
    const expected = new Uint32Array(width * height);
    createPattern('counter').draw({ width, height, stridePixels: width, pixels: expected }, 7, 0);
    assert.deepEqual(frame.pixels, expected);
    assert.equal(painter.drawn().gl?.cpuFrames, 1);
    for (let number = 8; second.drawn === 0; number++) {
      await sleep(1);
      await painter.draw(frameOf(number));
    }
    assert.ok(first.closed && tries === 3);
    painter.close();
  });

  it('with gl fails with the reason', async () => {
    const { first, painter } = rig(false, () => assert.fail('opened again'));
    first.lost = true;
    await assert.rejects(async () => painter.draw(frameOf(0)), { code: 'ERR_DEVICE_LOST' });
    painter.close();
  });

  it('with gl takes the GL of a GPU that was lost and is back', async () => {
    const second = new MadeUpDrawing();
    const { first, painter } = rig(false, () => Promise.resolve(second));
    first.gl.closed = true;
    await painter.draw(frameOf(0));
    assert.deepEqual([first.drawn, first.closed, second.drawn], [0, true, 1]);
    painter.close();
  });
});
