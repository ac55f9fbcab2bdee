import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import type { DmabufDescription } from '../../../src/buffer/client-buffers.js';
import { GuestheadError } from '../../../src/errors.js';
import { format, INVALID, LINEAR } from '../../../src/ffi/index.js';
import { describing, dmabuf, FakeDisplay, useDmabufs } from '../../support/fake-imports.js';

const { EBUSY, EINTR, EINVAL, EMFILE, ENFILE, ENODEV, ENOMEM, EOPNOTSUPP } = constants.errno;

useDmabufs();

describe('a caller’s buffer that is refused', () => {
  for (const errno of [ENODEV, EINVAL, EOPNOTSUPP])
    it(`with errno ${errno} is remembered: the kernel is asked once`, () => {
      const display = new FakeDisplay();
      display.errnos.import.push(errno);
      const errors = ['a', 'a', 'a'].map((name) => refusalOf(display, describing(dmabuf(name))));
      assert.equal(errors[0]?.code, 'ERR_IMPORT_REFUSED');
      assert.equal(errors[0].errno, errno);
      assert.ok((errors[0].advice ?? '').length > 20);
      assert.ok(errors.every((error) => error === errors[0]));
      assert.equal(display.imported.length, 1);
      display.buffers.import(describing(dmabuf('b')));
      assert.equal(display.imported.length, 2, 'others are asked for');
    });

  for (const errno of [ENOMEM, EBUSY, EINTR])
    it(`with errno ${errno} is asked for again: the next time it may work`, () => {
      const display = new FakeDisplay();
      display.errnos.import.push(errno);
      assert.equal(refusalOf(display, describing(dmabuf('a'))).errno, errno);
      assert.equal(display.buffers.import(describing(dmabuf('a'))).closed, false);
    });

  for (const errno of [EMFILE, ENFILE])
    it(`for want of a descriptor (errno ${errno}) is asked for again, too`, () => {
      const display = new FakeDisplay();
      display.errnos.export.push(errno);
      assert.equal(refusalOf(display, describing(dmabuf('a'))).errno, errno);
      assert.deepEqual(display.open(), [0, 0, 0]);
      assert.equal(display.buffers.import(describing(dmabuf('a'))).closed, false);
    });

  it('by AddFB2 is remembered, and leaves nothing open', () => {
    const display = new FakeDisplay();
    display.errnos.framebuffer.push(EINVAL);
    for (let i = 0; i < 2; i++) assert.equal(refusalOf(display, describing(dmabuf('a'))).errno, EINVAL);
    assert.equal(display.imported.length, 1);
    assert.deepEqual(display.open(), [0, 0, 0]);
  });

  it('because of its layout never reaches the kernel, and is welcome with another', () => {
    const display = new FakeDisplay();
    const wrong: Partial<DmabufDescription>[] = [
      { strideBytes: 255 },
      { offsetBytes: 4096 },
      { width: 31 },
      { height: 8193 },
      { height: 33 },
      { format: format.RGB565 },
      { modifier: 1n },
    ];
    for (const changes of wrong) {
      const error = refusalOf(display, describing(dmabuf('a'), changes));
      assert.equal(error.code, 'ERR_UNSUPPORTED', Object.keys(changes).join());
    }
    assert.deepEqual(display.imported, []);
    display.buffers.import(describing(dmabuf('a'), { modifier: LINEAR }));
    assert.equal(display.imported.length, 1);
  });

  it('because nobody says that it is linear is not shown as if it were', () => {
    const display = new FakeDisplay();
    for (const modifier of [INVALID, undefined] as bigint[]) {
      const error = refusalOf(display, describing(dmabuf('a'), { modifier }));
      assert.equal(error.code, 'ERR_UNSUPPORTED');
      assert.match(error.message, /layout of the buffer is unknown/);
      assert.match(error.advice ?? '', /modifiers.LINEAR where it is known/);
    }
    assert.deepEqual(display.imported, []);
  });

  it('because its descriptor is none says so', () => {
    const display = new FakeDisplay();
    for (const fd of [-1, 1 << 20, 'a' as unknown as number])
      assert.equal(refusalOf(display, describing(fd)).code, 'ERR_USAGE');
  });

  it('is forgotten after 256 others: memory is bounded', () => {
    const display = new FakeDisplay();
    const fd = dmabuf('a', 8192 * 4 * 32);
    const widths = Array.from({ length: 257 }, (_, i) => 100 + i);
    display.errnos.import.push(...widths.map(() => ENODEV), ENODEV);
    for (const width of widths) refusalOf(display, describing(fd, { width, strideBytes: 8192 }));
    refusalOf(display, describing(fd, { width: 356, strideBytes: 8192 }));
    assert.equal(display.imported.length, 257, 'the last is remembered');
    refusalOf(display, describing(fd, { width: 100, strideBytes: 8192 }));
    assert.equal(display.imported.length, 258, 'the first is not');
  });
});

function refusalOf(display: FakeDisplay, description: DmabufDescription): GuestheadError {
  try {
    display.buffers.import(description);
  } catch (error) {
    assert.ok(error instanceof GuestheadError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'the buffer was imported' });
}
