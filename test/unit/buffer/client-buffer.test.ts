import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ClientBuffers, type DmabufDescription, type ClientBufferCalls } from '../../../src/buffer/client-buffer.js';
import { GemHandles } from '../../../src/buffer/gem-handles.js';
import type { KmsNode } from '../../../src/device/index.js';
import { GuestheadError } from '../../../src/errors.js';
import { format, LINEAR, type DmabufFd, type FramebufferId, type GemHandle } from '../../../src/ffi/index.js';
import { isOpen } from '../../support/descriptors.js';

const { EBUSY, EINTR, EINVAL, EMFILE, ENFILE, ENODEV, ENOMEM, EOPNOTSUPP } = constants.errno;
const size = 64 * 4 * 32;

/** A display whose kernel counts what it is asked, and what is open; files stand in for dma-bufs. */
class FakeDisplay {
  readonly imported: number[] = [];
  readonly openHandles = new Set<GemHandle>();
  readonly openFramebuffers = new Set<FramebufferId>();
  readonly exported: DmabufFd[] = [];
  /** Errnos of the calls to come, 0 = it works. */
  readonly errnos: Record<'import' | 'framebuffer' | 'export' | 'close', number[]> = {
    import: [],
    framebuffer: [],
    export: [],
    close: [],
  };
  #next = 1;
  readonly #node = { fd: 9, path: '/dev/dri/card9', driver: 'fake' } as unknown as KmsNode;
  readonly #handles = new GemHandles({
    primeFdToHandle: (dmabuf) => {
      this.imported.push(dmabuf);
      this.#fail('import');
      const handle = this.#next++ as GemHandle;
      this.openHandles.add(handle);
      return handle;
    },
    closeGemHandle: (handle) => {
      assert.ok(this.openHandles.delete(handle));
    },
  });
  readonly #calls: ClientBufferCalls = {
    framebuffer: (owner) => {
      this.#fail('framebuffer');
      const id = this.#next++ as FramebufferId;
      this.openFramebuffers.add(id);
      return owner.own(id, () => {
        assert.ok(this.openFramebuffers.delete(id));
        this.#fail('close');
      });
    },
    exportDmabuf: () => {
      this.#fail('export');
      const fd = openSync('/dev/null', 'r') as DmabufFd;
      this.exported.push(fd);
      return fd;
    },
  };
  readonly buffers = new ClientBuffers(this.#node, this.#handles, this.#calls);

  /** What is open now: handles, framebuffers, descriptors. */
  open(): [number, number, number] {
    return [this.openHandles.size, this.openFramebuffers.size, this.exported.filter(isOpen).length];
  }

  #fail(call: keyof typeof this.errnos): void {
    const errno = this.errnos[call].shift() ?? 0;
    if (errno !== 0) throw new GuestheadError('ERR_SYSTEM', `refused to ${call}`, { errno });
  }
}

let folder = '';
let opened: number[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guesthead-'));
});
afterEach(() => {
  for (const fd of opened) closeSync(fd);
  opened = [];
  rmSync(folder, { recursive: true });
});

/** A descriptor of a buffer that is known by its name; a second one is another descriptor of the same inode. */
function dmabuf(name: string, bytes = size): number {
  const fd = openSync(join(folder, name), 'a+');
  opened.push(fd);
  ftruncateSync(fd, bytes);
  return fd;
}

function describing(fd: number, changes: Partial<DmabufDescription> = {}): DmabufDescription {
  return { fd, width: 64, height: 32, stride: 256, ...changes };
}

describe('imports of a caller’s buffers', () => {
  it('are made once for each dma-buf, by whichever descriptor it comes', () => {
    const display = new FakeDisplay();
    const first = display.buffers.import(describing(dmabuf('a')));
    const again = display.buffers.import(describing(dmabuf('a')));
    const other = display.buffers.import(describing(dmabuf('b')));
    assert.equal(again, first);
    assert.notEqual(other, first);
    assert.equal(display.imported.length, 2);
    assert.deepEqual(display.open(), [0, 2, 2], 'the framebuffers keep the memory, not the handles');
  });

  it('are the same where the same picture is said in other words', () => {
    const display = new FakeDisplay();
    const first = display.buffers.import(describing(dmabuf('a')));
    for (const changes of [{ format: format.XRGB8888 }, { format: format.ARGB8888 }, { offset: 0 }])
      assert.equal(display.buffers.import(describing(dmabuf('a'), changes)), first, JSON.stringify(changes));
    assert.equal(first.layout.format, format.XRGB8888);
  });

  it('of other pictures in the same memory are others', () => {
    const display = new FakeDisplay();
    const whole = display.buffers.import(describing(dmabuf('a')));
    assert.notEqual(display.buffers.import(describing(dmabuf('a'), { height: 31 + 1, width: 63 })), whole);
    assert.equal(display.imported.length, 2);
  });

  it('end with the last close, and are made anew afterwards', () => {
    const display = new FakeDisplay();
    const buffer = display.buffers.import(describing(dmabuf('a')));
    display.buffers.import(describing(dmabuf('a')));
    buffer.close();
    assert.equal(buffer.closed, false);
    assert.deepEqual(display.open(), [0, 1, 1]);
    buffer.close();
    buffer.close();
    assert.equal(buffer.closed, true);
    assert.deepEqual(display.open(), [0, 0, 0]);
    const anew = display.buffers.import(describing(dmabuf('a')));
    assert.notEqual(anew, buffer);
    assert.equal(display.imported.length, 2);
  });

  it('keep their memory while a chain shows it', () => {
    const display = new FakeDisplay();
    const buffer = display.buffers.import(describing(dmabuf('a')));
    let released = 0;
    buffer.onReleased = () => released++;
    buffer.hold();
    buffer.hold();
    buffer.close();
    assert.deepEqual([buffer.closed, buffer.locked], [true, true]);
    const anew = display.buffers.import(describing(dmabuf('a')));
    assert.notEqual(anew, buffer, 'a closed one is not given out again');
    buffer.release();
    assert.deepEqual([released, ...display.open()], [0, 0, 2, 2]);
    buffer.release();
    assert.deepEqual([released, ...display.open()], [1, 0, 1, 1]);
    assert.equal(buffer.locked, false);
    anew.close();
    assert.deepEqual(display.open(), [0, 0, 0]);
  });

  it('tell each time that the host has let go', () => {
    const display = new FakeDisplay();
    const buffer = display.buffers.import(describing(dmabuf('a')));
    let released = 0;
    buffer.onReleased = () => released++;
    for (let i = 0; i < 3; i++) {
      buffer.hold();
      buffer.release();
    }
    assert.equal(released, 3);
    assert.deepEqual(display.open(), [0, 1, 1]);
  });

  it('are all lost with a display that is gone, which refuses to close the framebuffer of each with ENODEV', () => {
    const display = new FakeDisplay();
    const buffers = ['a', 'b', 'c'].map((name) => display.buffers.import(describing(dmabuf(name))));
    display.errnos.close.push(ENODEV, ENODEV, ENODEV);
    display.buffers.close();
    assert.deepEqual(
      buffers.map(({ closed }) => closed),
      [true, true, true],
    );
    assert.deepEqual(display.open(), [0, 0, 0]);
  });

  it('are lost with the display, however many owners they have', () => {
    const display = new FakeDisplay();
    const shown = display.buffers.import(describing(dmabuf('a')));
    display.buffers.import(describing(dmabuf('a')));
    const idle = display.buffers.import(describing(dmabuf('b')));
    shown.hold();
    display.buffers.close();
    assert.deepEqual([shown.closed, idle.closed], [true, true]);
    assert.deepEqual(display.open(), [0, 1, 1]);
    shown.release();
    shown.close();
    assert.deepEqual(display.open(), [0, 0, 0]);
  });
});

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
      { stride: 255 },
      { offset: 4096 },
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

  it('because its descriptor, or its stride, is none says so', () => {
    const display = new FakeDisplay();
    assert.equal(refusalOf(display, describing(dmabuf('a'), { stride: NaN })).code, 'ERR_USAGE');
    for (const fd of [-1, 1 << 20, 'a' as unknown as number])
      assert.equal(refusalOf(display, describing(fd)).code, 'ERR_USAGE');
  });

  it('is forgotten after 256 others: memory is bounded', () => {
    const display = new FakeDisplay();
    const fd = dmabuf('a', 8192 * 4 * 32);
    const widths = Array.from({ length: 257 }, (_, i) => 100 + i);
    display.errnos.import.push(...widths.map(() => ENODEV), ENODEV);
    for (const width of widths) refusalOf(display, describing(fd, { width, stride: 8192 }));
    refusalOf(display, describing(fd, { width: 356, stride: 8192 }));
    assert.equal(display.imported.length, 257, 'the last is remembered');
    refusalOf(display, describing(fd, { width: 100, stride: 8192 }));
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
