import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { y4mFrame, y4mHeader, type Capture } from '../../../src/render/index.js';

function filled(width: number, height: number, [red, green, blue]: readonly [number, number, number]): Capture {
  const rgb = new Uint8Array(width * height * 3);
  for (let at = 0; at < rgb.length; at += 3) rgb.set([red, green, blue], at);
  return { width, height, rgb };
}

/** Each plane of a frame, as the format's description says where they are. */
function planes(frame: Buffer, width: number, height: number): Buffer[] {
  assert.equal(frame.subarray(0, 6).toString(), 'FRAME\n');
  const data = frame.subarray(6);
  const [luma, chroma] = [width * height, Math.ceil(width / 2) * Math.ceil(height / 2)];
  assert.equal(data.length, luma + 2 * chroma);
  return [data.subarray(0, luma), data.subarray(luma, luma + chroma), data.subarray(luma + chroma)];
}

const valuesIn = (plane: Buffer | undefined) => [...new Set(plane)];

describe('a YUV4MPEG2 film', () => {
  it('says its size, rate and colours', () => {
    const header = y4mHeader(1280, 720, 75).toString();
    assert.equal(header, 'YUV4MPEG2 W1280 H720 F75:1 Ip A1:1 C420jpeg XCOLORRANGE=LIMITED\n');
  });

  // ITU-R BT.601 table 3 and BT.709 table 4, 8 bits
  for (const [name, height, colour, yuv] of [
    ['black', 32, [0, 0, 0], [16, 128, 128]],
    ['white', 32, [255, 255, 255], [235, 128, 128]],
    ['red in BT.601', 32, [255, 0, 0], [81, 90, 240]],
    ['blue in BT.601', 32, [0, 0, 255], [41, 240, 110]],
    ['red in BT.709', 720, [255, 0, 0], [63, 102, 240]],
    ['green in BT.709', 720, [0, 255, 0], [173, 42, 26]],
  ] as const)
    it(`has ${name}`, () => {
      const found = planes(y4mFrame(filled(64, height, colour), 64, height), 64, height);
      assert.deepEqual(
        found.map(valuesIn),
        yuv.map((value) => [value]),
      );
    });

  it('keeps its size: another picture is cut, or has black beside it', () => {
    const white = [255, 255, 255] as const;
    const [cut] = planes(y4mFrame(filled(8, 8, white), 5, 3), 5, 3);
    assert.deepEqual(valuesIn(cut), [235]);
    const [luma] = planes(y4mFrame(filled(2, 1, white), 5, 3), 5, 3);
    assert.deepEqual([...(luma ?? [])], [235, 235, ...Array<number>(13).fill(16)]);
  });
});
