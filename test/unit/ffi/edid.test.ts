import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeEdid } from '../../../src/ffi/index.js';
import { libdisplayInfo } from '../../../src/ffi/libdisplay-info-library.js';

const header = [0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00];

/** EDID 1.4 of 128 bytes: a maker of three letters, a name of at most 12, and a right checksum. */
function edid(maker: string, name: string): Buffer {
  const bytes = Buffer.alloc(128);
  Buffer.from(header).copy(bytes);
  const [a = 0, b = 0, c = 0] = [0, 1, 2].map((index) => maker.charCodeAt(index) - 64);
  bytes.writeUInt16BE((a << 10) | (b << 5) | c, 8);
  bytes.writeUInt16LE(0x1234, 10);
  bytes.set([0, 30, 1, 4, 0xa5], 16); // week, year 2020, version 1.4, digital of 8 bits a colour
  bytes.fill(1, 38, 54); // no standard timings
  for (const at of [54, 72, 108]) bytes.set([0, 0, 0, 0x10, 0], at); // dummy descriptors
  bytes.set([0, 0, 0, 0xfc, 0], 90);
  bytes.fill(0x20, 95, 108);
  bytes.write(`${name}\n`, 95, 'latin1');
  bytes[127] = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return bytes;
}

function isHere(): boolean {
  try {
    return typeof libdisplayInfo().di_info_parse_edid === 'function';
  } catch {
    return false;
  }
}
const skip = isHere() ? false : 'needs libdisplay-info: `npm run setup`, or the package from backports';

describe('an EDID', () => {
  it('says who made the display and which it is', { skip }, () => {
    const found = describeEdid(edid('RHT', 'QEMU Monitor'));
    assert.match(found?.make ?? '', /^Red Hat/);
    assert.equal(found?.model, 'QEMU Monitor');
  });

  it('names a maker that nobody registered by its letters', { skip }, () => {
    const found = describeEdid(edid('ZQX', 'Head'));
    assert.match(found?.make ?? '', /ZQX/);
    assert.equal(found?.model, 'Head');
  });

  it('that was read is freed', { skip }, () => {
    const freed: bigint[] = [];
    const functions = libdisplayInfo();
    const destroy = (address: bigint): undefined => {
      functions.di_info_destroy(address);
      freed.push(address);
    };
    describeEdid(edid('RHT', 'QEMU Monitor'), () => ({ ...functions, di_info_destroy: destroy }));
    assert.equal(freed.length, 1);
  });

  it('that is none has no description', { skip }, () => {
    const good = edid('RHT', 'QEMU Monitor');
    const broken = Buffer.from(good);
    broken[1] = 0;
    assert.equal(describeEdid(broken), undefined, 'wrong header');
    assert.equal(describeEdid(good.subarray(0, 100)), undefined, 'cut off');
    assert.equal(describeEdid(new Uint8Array(0)), undefined, 'empty');
  });

  it('has neither make nor model where the library is missing', () => {
    const load = () => libdisplayInfo('libnone.so.1');
    assert.deepEqual(describeEdid(edid('RHT', 'QEMU Monitor'), load), {
      make: undefined,
      model: undefined,
      serial: undefined,
    });
  });
});
