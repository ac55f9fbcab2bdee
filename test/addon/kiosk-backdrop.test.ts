/** What a head shows where no client is: a colour, a picture, and another one while the kiosk runs. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { Pixels } from '../../src/render/index.js';
import { KioskRig } from './support/kiosk-rig.js';

let rig: KioskRig;
afterEach(() => rig.close());

/** Twice as wide as it is high: left half red, right half green, its uppermost quarter blue. */
function picture(width: number): Pixels {
  const height = width / 2;
  const colourAt = (x: number, y: number) => (y < height / 4 ? 0xff0000ff : x < width / 2 ? 0xffff0000 : 0xff00ff00);
  const pixels = Uint32Array.from({ length: width * height }, (_, at) => colourAt(at % width, Math.floor(at / width)));
  return { width, height, pixels };
}

const [red, green, blue] = [0xff0000, 0xff00, 0xff];

/** Of the mode, at so many parts of its sides. */
function colourAt(across: number, down: number): number | undefined {
  const { width, height } = rig.head.info.mode;
  return (rig.pixels()?.[Math.floor(down * height) * width + Math.floor(across * width)] ?? -1) & 0xffffff;
}

const corners = () => [colourAt(0.02, 0.05), colourAt(0.02, 0.95), colourAt(0.98, 0.95), colourAt(0.98, 0.05)];

describe('a kiosk’s background', () => {
  it('is a picture that covers the head in its own shape, cut off evenly', async () => {
    rig = await KioskRig.open({ background: picture(1024) });
    await rig.flipUntil(() => colourAt(0.02, 0.05) === blue);
    assert.deepEqual(corners(), [blue, red, green, blue]);
    const { width, height } = rig.head.info.mode;
    assert.ok(width < 2 * height, 'the head is higher than the picture');
    // All of its height is seen: blue is its uppermost quarter.
    assert.deepEqual([colourAt(0.5, 0.22), colourAt(0.4, 0.28), colourAt(0.6, 0.28)], [blue, red, green]);
  });

  it('is turned as clients are', async () => {
    rig = await KioskRig.open({ background: picture(1024), transform: 2 });
    await rig.flipUntil(() => colourAt(0.98, 0.95) === blue);
    assert.deepEqual(corners(), [green, blue, blue, red]);
  });

  it('is behind a window that does not fill the head, and is there again when that ends', async () => {
    rig = await KioskRig.open({ background: picture(1024) });
    const window = await rig.open();
    window.ack();
    const small = window.buffer(32, 32, 0x123456);
    window.show(small);
    await rig.flipUntil(() => colourAt(0.5, 0.5) === 0x123456);
    assert.deepEqual(corners(), [blue, red, green, blue]);
    window.close();
    await rig.flipUntil(() => colourAt(0.51, 0.5) === green);
  });

  it('becomes another one, and the last picture stays where there is none any more', async () => {
    rig = await KioskRig.open({ background: 0x111111 });
    await rig.flipUntil(() => colourAt(0.5, 0.5) === 0x111111);
    rig.kiosk.setBackground(picture(1024));
    await rig.flipUntil(() => colourAt(0.02, 0.05) === blue);
    const { shown } = rig.kiosk.counts;
    rig.kiosk.setBackground(undefined);
    for (let refresh = 0; refresh < 3; refresh++) await rig.kernel.flip();
    assert.deepEqual([rig.kiosk.counts.shown, corners()], [shown, [blue, red, green, blue]]);
  });

  it('is no client’s frame', async () => {
    rig = await KioskRig.open({ background: 0x111111 });
    let frames = 0;
    rig.kiosk.shown$.subscribe(() => frames++);
    await rig.flipUntil(() => colourAt(0.5, 0.5) === 0x111111);
    assert.equal(frames, 0);
    const window = await rig.open();
    window.ack();
    window.show(window.buffer(32, 32, 0x123456));
    await rig.flipUntil(() => colourAt(0.5, 0.5) === 0x123456);
    assert.equal(frames, 1);
    window.close();
  });
});
