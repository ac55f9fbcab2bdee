import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectorName, decodeMode } from '../../../src/ffi/mode.js';

interface Timing {
  readonly clock: number;
  readonly htotal: number;
  readonly vtotal: number;
  readonly vscan?: number;
  readonly flags?: number;
  readonly type?: number;
  readonly name?: string;
}

const interlace = 0x10;
const doublescan = 0x20;

/** A `struct drm_mode_modeinfo` written from the header, not from the table under test. */
function modeinfo({ clock, htotal, vtotal, vscan = 0, flags = 0, type = 0, name = '' }: Timing): Buffer {
  const bytes = Buffer.alloc(68);
  bytes.writeUInt32LE(clock, 0);
  [1920, 2400, 2457, htotal, 0, 1080, 1085, 1090, vtotal, vscan].forEach((value, index) =>
    bytes.writeUInt16LE(value, 4 + 2 * index),
  );
  bytes.writeUInt32LE(1, 24);
  bytes.writeUInt32LE(flags, 28);
  bytes.writeUInt32LE(type, 32);
  bytes.write(name, 36, 'latin1');
  return bytes;
}

function refresh(timing: Timing): string {
  return decodeMode(modeinfo(timing)).refreshHz.toFixed(3);
}

describe('a display mode', () => {
  it('is decoded field by field, and keeps its bytes', () => {
    const raw = modeinfo({ clock: 217140, htotal: 2592, vtotal: 1117, flags: 10, type: 72, name: '1920x1080' });
    const { refreshHz, ...mode } = decodeMode(raw);
    const expected = { name: '1920x1080', width: 1920, height: 1080, preferred: true, flags: 10, type: 72, raw };
    assert.deepEqual(mode, expected);
    assert.equal(refreshHz, 217140000 / (2592 * 1117)); // not the kernel's rounded vrefresh
  });

  it('is not preferred without the type’s bit', () => {
    assert.equal(decodeMode(modeinfo({ clock: 1, htotal: 1, vtotal: 1, type: 64 })).preferred, false);
  });

  it('refreshes twice a frame when interlaced', () => {
    assert.equal(refresh({ clock: 74250, htotal: 2200, vtotal: 1125 }), '30.000');
    assert.equal(refresh({ clock: 74250, htotal: 2200, vtotal: 1125, flags: interlace }), '60.000');
  });

  it('sends each line twice when doublescanned, and vscan times', () => {
    const vga = { clock: 25200, htotal: 800, vtotal: 525 };
    assert.equal(refresh(vga), '60.000');
    assert.equal(refresh({ ...vga, flags: doublescan }), '30.000');
    assert.equal(refresh({ ...vga, vscan: 1 }), '60.000');
    assert.equal(refresh({ ...vga, vscan: 3 }), '20.000');
    assert.equal(refresh({ ...vga, vscan: 3, flags: doublescan | interlace }), '20.000');
  });

  it('is taken to refresh at 60 Hz where its clock is none: an SPI panel’s DRM_SIMPLE_MODE, a driver’s 0 or Hz for kHz', () => {
    assert.equal(refresh({ clock: 1, htotal: 320, vtotal: 480 }), '60.000');
    assert.equal(refresh({ clock: 0, htotal: 800, vtotal: 525 }), '60.000');
    assert.equal(refresh({ clock: 25200, htotal: 0, vtotal: 525 }), '60.000');
    assert.equal(refresh({ clock: 25200_000, htotal: 800, vtotal: 525 }), '60.000');
    assert.equal(refresh({ clock: 504_000, htotal: 800, vtotal: 630 }), '1000.000', 'which displays can have');
  });

  it('may have a name that fills its room', () => {
    const name = 'x'.repeat(32);
    assert.equal(decodeMode(modeinfo({ clock: 1, htotal: 1, vtotal: 1, name })).name, name);
  });
});

describe('a connector', () => {
  it('is called as in sysfs', () => {
    assert.equal(connectorName(15, 1), 'Virtual-1');
    assert.equal(connectorName(11, 2), 'HDMI-A-2');
    assert.equal(connectorName(20, 1), 'USB-1');
  });

  it('of a type newer than the table is unknown', () => {
    assert.equal(connectorName(4711, 3), 'Unknown-3');
  });
});
