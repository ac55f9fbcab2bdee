import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GemHandles } from '../../../src/buffer/gem-handles.js';
import { GuestheadError } from '../../../src/errors.js';
import type { DmabufFd, GemHandle } from '../../../src/ffi/index.js';

/** A kernel: one handle a buffer and open file, the lowest free number, gone at the first close. */
class FakeKernel {
  readonly handles = new Map<GemHandle, number>();
  readonly closed: GemHandle[] = [];

  create(buffer: number): GemHandle {
    let handle = 1 as GemHandle;
    while (this.handles.has(handle)) handle = (handle + 1) as GemHandle;
    this.handles.set(handle, buffer);
    return handle;
  }

  /** A dma-buf's descriptor is the buffer's number here. */
  readonly primeFdToHandle = (dmabuf: DmabufFd): GemHandle => {
    for (const [handle, buffer] of this.handles) if (buffer === dmabuf) return handle;
    return this.create(dmabuf);
  };

  readonly closeGemHandle = (handle: GemHandle): void => {
    assert.ok(this.handles.delete(handle), `handle ${handle} was closed already`);
    this.closed.push(handle);
  };
}

const dmabuf = (buffer: number) => buffer as DmabufFd;

function rig(): { kernel: FakeKernel; handles: GemHandles } {
  const kernel = new FakeKernel();
  return { kernel, handles: new GemHandles(kernel) };
}

describe('GEM handles', () => {
  it('are closed by the last of several imports of one dma-buf', () => {
    const { kernel, handles } = rig();
    const first = handles.import(dmabuf(50));
    assert.equal(handles.import(dmabuf(50)), first);
    const other = handles.import(dmabuf(51));
    handles.release(first);
    assert.deepEqual(kernel.closed, []);
    handles.release(first);
    handles.release(other);
    assert.deepEqual(kernel.closed, [first, other]);
  });

  it('of a dumb buffer outlive the release of its own import', () => {
    const { kernel, handles } = rig();
    const dumb = kernel.create(50);
    handles.adopt(dumb);
    assert.equal(handles.import(dmabuf(50)), dumb);
    handles.release(dumb);
    assert.deepEqual(kernel.closed, []);
    handles.release(dumb);
    assert.deepEqual(kernel.closed, [dumb]);
  });

  it('released too often are refused, also where the number lives on as another buffer’s', () => {
    const { kernel, handles } = rig();
    const handle = handles.import(dmabuf(50));
    handles.release(handle);
    assert.equal(kernel.create(51), handle);
    assert.throws(() => {
      handles.release(handle);
    }, /GEM handle 1 has been released already/);
    assert.deepEqual(kernel.closed, [handle]);
  });

  it('are not counted where the import is refused, nor kept where the close fails', () => {
    const { kernel } = rig();
    const refuse = () => {
      throw new GuestheadError('ERR_DEVICE_LOST', 'gone');
    };
    const lost = { code: 'ERR_DEVICE_LOST' };
    assert.throws(
      () => new GemHandles({ primeFdToHandle: refuse, closeGemHandle: kernel.closeGemHandle }).import(dmabuf(50)),
      lost,
    );
    const handles = new GemHandles({ primeFdToHandle: kernel.primeFdToHandle, closeGemHandle: refuse });
    const handle = handles.import(dmabuf(50));
    const release = () => {
      handles.release(handle);
    };
    assert.throws(release, lost);
    assert.throws(release, { code: 'ERR_CLOSED' });
  });

  it('live exactly as long as they have a user, in whatever order users come and go', () => {
    const step = fc.record({ buffer: fc.integer({ min: 50, max: 53 }), isRelease: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { kernel, handles } = rig();
        const users = new Map<number, GemHandle[]>();
        for (const { buffer, isRelease } of steps) {
          const own = users.get(buffer) ?? [];
          const released = isRelease ? own.pop() : undefined;
          if (released !== undefined) handles.release(released);
          if (!isRelease) own.push(handles.import(dmabuf(buffer)));
          users.set(buffer, own);
          const used = [...users].filter(([, { length }]) => length > 0).map(([number]) => number);
          assert.deepEqual(new Set(kernel.handles.values()), new Set(used));
        }
      }),
    );
  });
});
