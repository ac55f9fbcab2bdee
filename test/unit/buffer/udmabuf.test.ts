/** A picture in ordinary memory, over an addon that fails when told to. */
import assert from 'node:assert/strict';
import { openSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Udmabuf } from '../../../src/buffer/index.js';
import { FakeNative, nativeError } from '../../../src/testing/index.js';
import { isOpen } from '../../support/descriptors.js';

/** Files stand in for dma-bufs. */
class MemoryNative extends FakeNative {
  readonly asked: number[] = [];
  readonly calls: string[] = [];
  mapErrno = 0;
  fd = -1;

  override createUdmabuf(bytes = 0): number {
    this.asked.push(bytes);
    return (this.fd = openSync('/dev/null', 'r'));
  }

  override mapDmabuf(fd: number, bytes: number) {
    if (this.mapErrno !== 0) throw nativeError(this.mapErrno, 'mmap');
    return {
      ...super.mapDmabuf(fd, bytes),
      beginAccess: (access: number) => void this.calls.push(`begin ${access}`),
      endAccess: (access: number) => void this.calls.push(`end ${access}`),
    };
  }
}

describe('Udmabuf', () => {
  it('has rows of a multiple of 256 bytes, 16 by 16, and a descriptor until it is closed', () => {
    const native = new MemoryNative();
    const buffer = Udmabuf.allocate({ width: 100, height: 50 }, native);
    assert.deepEqual([buffer.width, buffer.height, buffer.strideBytes], [100, 50, 512]);
    assert.deepEqual(native.asked, [512 * 64]);
    assert.equal(buffer.fd, native.fd);
    buffer.close();
    buffer.close();
    assert.ok(buffer.closed && !isOpen(native.fd));
    assert.equal(native.openMappings, 0);
    assert.throws(() => buffer.fd, { code: 'ERR_CLOSED' });
    assert.throws(() => buffer.draw(() => assert.fail()), { code: 'ERR_CLOSED' });
  });

  it('is drawn into between the begin and the end of an access, also where the drawing throws', () => {
    const native = new MemoryNative();
    const buffer = Udmabuf.allocate({ width: 100, height: 50 }, native);
    buffer.draw(({ width, height, stridePixels: stride, pixels }) => {
      assert.deepEqual([width, height, stride, pixels.length], [100, 50, 128, 128 * 50]);
      native.calls.push('draw');
    });
    assert.deepEqual(native.calls.splice(0), ['begin 2', 'draw', 'end 2']);
    const failing = () => {
      throw new Error('of the program');
    };
    assert.throws(() => buffer.draw(failing), /of the program/);
    assert.deepEqual(native.calls, ['begin 2', 'end 2']);
    buffer.close();
  });

  it('may be closed while it is drawn into', () => {
    const native = new MemoryNative();
    const buffer = Udmabuf.allocate({ width: 100, height: 50 }, native);
    buffer.draw(() => buffer.close());
    assert.deepEqual(native.calls, ['begin 2']);
  });

  it('that cannot be mapped leaves no descriptor', () => {
    const native = new MemoryNative();
    native.mapErrno = 12;
    const allocate = () => Udmabuf.allocate({ width: 100, height: 50 }, native);
    assert.throws(allocate, { code: 'ERR_SYSTEM', errno: 12, operation: 'mmap' });
    assert.ok(!isOpen(native.fd));
  });

  it('says why there is none: ERR_ALLOCATION with advice, or ERR_USAGE for its size', () => {
    assert.throws(() => Udmabuf.allocate({ width: 100, height: 50 }, new FakeNative()), {
      code: 'ERR_ALLOCATION',
      advice: /modprobe udmabuf/,
    });
    for (const width of [0, 31, 8193, 100.5, NaN, '100' as unknown as number])
      assert.throws(() => Udmabuf.allocate({ width, height: 50 }, new MemoryNative()), { code: 'ERR_USAGE' });
  });
});
