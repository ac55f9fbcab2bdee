import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { KmsNode } from '../../../src/device/index.js';
import { format, type FramebufferId, type Mode } from '../../../src/ffi/index.js';
import { choosePipe, Modeset, propertyId, type Pipe } from '../../../src/kms/index.js';
import { commitFlag } from '../../../src/native/index.js';
import { FakeKernel, type FakeDevice } from '../../../src/testing/index.js';

const { EINVAL, ENOSPC } = constants.errno;
const large = { width: 640, height: 480 };
const small = { width: 320, height: 240 };

let kernel: FakeKernel;
let node: KmsNode;
let device: FakeDevice;
let pipe: Pipe;
let modeset: Modeset;

/** As the loop's first frame does: the mode, and the buffer beside it. */
function show(mode: Mode): void {
  modeset.committing();
  modeset.withState(mode, (state) => {
    device.commit(withBuffer(state), commitFlag.allowModeset);
  });
  modeset.committed();
}

function withBuffer(state: Parameters<FakeDevice['commit']>[0]): Parameters<FakeDevice['commit']>[0] {
  const id = propertyId(node, 'plane', pipe.plane, 'FB_ID');
  return {
    objects: Uint32Array.of(...state.objects, pipe.plane),
    properties: Uint32Array.of(...state.properties, id),
    values: BigUint64Array.of(...state.values, BigInt(framebuffer())),
  };
}

/** Of a buffer of the display's own, large enough for either mode. */
function framebuffer(): FramebufferId {
  const { handle, pitch } = node.buffers.createDumb({ ...large, bpp: 32 });
  return node.buffers.addFramebuffer({ ...large, format: format.XRGB8888, planes: [{ handle, pitch, offset: 0 }] });
}

const modeNamed = ({ width }: { width: number }): Mode => {
  const mode = pipe.connector.modes.find((one) => one.width === width);
  assert.ok(mode !== undefined);
  return mode;
};

beforeEach(() => {
  kernel = new FakeKernel({ connectors: [{ modes: [large, small] }] });
  node = kernel.openNode('/dev/dri/card0');
  node.becomeAtomicMaster();
  device = kernel.native.openDevice(node.fd);
  pipe = choosePipe(node, undefined);
  modeset = new Modeset(node, device, pipe);
});
afterEach(() => {
  device.close();
  node.close();
  kernel.close();
});

describe('the whole state of a CRTC', () => {
  it('is tried without being shown, and a refusal says who refused it with which errno', () => {
    const before = kernel.screen().mode;
    const shown = framebuffer();
    modeset.test(modeNamed(small), shown);
    assert.deepEqual(kernel.screen().mode, before);
    device.errnos.push(ENOSPC);
    const refusal = { code: 'ERR_COMMIT', errno: ENOSPC, device: node.path, operation: 'DRM_IOCTL_MODE_ATOMIC' };
    assert.throws(() => modeset.test(modeNamed(small), shown), refusal);
    assert.equal(kernel.held().blobs, 0);
  });

  it('has a blob of its mode for the commit and no longer, also where that throws', () => {
    const mode = modeNamed(small);
    assert.equal(
      modeset.withState(mode, () => kernel.held().blobs),
      1,
    );
    assert.equal(kernel.held().blobs, 0);
    assert.throws(
      () =>
        modeset.withState(mode, () => {
          throw new Error('refused');
        }),
      /refused/,
    );
    assert.equal(kernel.held().blobs, 0);
  });

  it('is given back as it was, once, and the mode’s copy goes', () => {
    const before = kernel.screen();
    const [mode, picture] = [before.mode, before.picture];
    show(modeNamed(small));
    assert.deepEqual(kernel.screen().mode, small);
    modeset.restore();
    assert.deepEqual([kernel.screen().mode, kernel.screen().picture], [mode, picture]);
    const { length } = device.commits;
    modeset.restore();
    assert.equal(device.commits.length, length);
    assert.equal(kernel.held().blobs, 0);
  });

  it('that was never changed is left alone', () => {
    modeset.restore();
    assert.deepEqual(device.commits, []);
  });

  it('is turned off where what was there cannot be had again', () => {
    show(modeNamed(small));
    device.errnos.push(EINVAL); // its framebuffer has gone with its owner
    modeset.restore();
    assert.equal(kernel.screen().mode, undefined);
  });

  it('is turned off when asked to, and that is made up for at the end', () => {
    modeset.off();
    assert.equal(kernel.screen().mode, undefined);
    modeset.restore();
    assert.deepEqual(kernel.screen().mode, large);
  });

  it('that will not be turned off says so, and is still given back', () => {
    show(modeNamed(small));
    device.errnos.push(EINVAL);
    assert.throws(() => modeset.off(), { code: 'ERR_COMMIT', errno: EINVAL, message: /turned off/ });
    assert.deepEqual(kernel.screen().mode, small);
    modeset.restore();
    assert.deepEqual(kernel.screen().mode, large);
  });

  it('is left to the addon for an end without JavaScript, from before the first commit until it is given back', () => {
    const left = () => device.atEnd.get(pipe.crtc);
    assert.equal(left(), undefined);
    modeset.committing();
    assert.ok(left() !== undefined, 'a commit may be accepted and its thread end before it returns');
    show(modeNamed(small));
    const word = left();
    assert.ok(word !== undefined);
    device.commit(word, commitFlag.allowModeset); // as the addon does; the blob it names is there still
    assert.deepEqual(kernel.screen().mode, large);
    modeset.restore();
    assert.equal(left(), undefined);
  });
});
