/** What an open KMS node answers, said once; run on the fake here and on the real driver in the lab. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { closeSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { Allocator, Kernel, KmsNode } from '../../src/device/index.js';
import { format, type BlobId, type ConnectorId, type FramebufferId, type GemHandle } from '../../src/ffi/index.js';
import { renderUsage } from '../../src/buffer/index.js';
import { AtomicBuilder } from '../../src/kms/atomic.js';
import { chooseMode, choosePipe, type Pipe } from '../../src/kms/index.js';
import { commitFlag, type NativeDevice } from '../../src/native/index.js';

/** A display of which this process is, or can become, DRM master, and a GPU that draws for it. */
export interface KernelRig {
  readonly kernel: Kernel;
  readonly display: string;
  readonly render: string;
  /** Takes the display away, for good. */
  unplug(): void | Promise<void>;
  close(): void;
}

const { EACCES, EINVAL, ENODEV, ENOENT, ENOSPC, ERANGE } = constants.errno;

export function kmsNodeContract(name: string, open: () => KernelRig): void {
  describe(`a KMS node (${name})`, () => {
    let rig: KernelRig;
    let node: KmsNode;
    let device: NativeDevice;
    let pipe: Pipe;
    /** Of the mode that the console has. */
    let size: { readonly width: number; readonly height: number };
    before(() => {
      rig = open();
      node = rig.kernel.openNode(rig.display);
      node.becomeAtomicMaster();
      device = rig.kernel.native.openDevice(node.fd);
      pipe = choosePipe(node, undefined);
      size = chooseMode(pipe.connector, undefined);
    });
    after(() => {
      device.close();
      node.close();
      rig.close();
    });

    /** A dumb buffer of the display, for the time of the call. */
    const withDumb = <T>(use: (handle: GemHandle, pitch: number) => T): T => {
      const { handle, pitch } = node.buffers.createDumb({ width: size.width, height: size.height, bpp: 32 });
      try {
        return use(handle, pitch);
      } finally {
        node.buffers.closeGemHandle(handle);
      }
    };
    const framebufferOf = (handle: GemHandle, pitch: number, changes = {}): FramebufferId => {
      const { width, height } = size;
      const shape = { width, height, format: format.XRGB8888, ...changes };
      return node.buffers.addFramebuffer({ ...shape, planes: [{ handle, pitch, offset: 0 }] });
    };

    it('has connectors, each with what drives it', () => {
      const { connectors, crtcs } = node.kms.getResources();
      assert.ok(connectors.length > 0 && crtcs.length >= connectors.length);
      const connector = node.kms.getConnector(pipe.connector.id, { probe: true });
      assert.equal(connector.status, 'connected');
      assert.ok(connector.modes.some(({ preferred }) => preferred));
      assert.ok(connector.modes.every(({ raw }) => raw.length === 68));
      const [encoder] = connector.encoders.map((id) => node.kms.getEncoder(id));
      assert.equal((encoder?.possibleCrtcs ?? 0) >>> pipe.crtcIndex, 1);
      assert.ok(node.kms.getPlane(pipe.plane).formats.includes(format.XRGB8888));
    });

    it('has the properties that a head is made of', () => {
      const names = (object: Parameters<KmsNode['properties']>[0], kind: 'crtc' | 'connector' | 'plane') =>
        new Set(node.properties(object, kind).keys());
      assert.ok(names(pipe.connector.id, 'connector').has('CRTC_ID'));
      for (const name of ['ACTIVE', 'MODE_ID', 'OUT_FENCE_PTR']) assert.ok(names(pipe.crtc, 'crtc').has(name), name);
      const ofPlane = ['FB_ID', 'CRTC_ID', 'IN_FENCE_FD', 'SRC_W', 'CRTC_H', 'FB_DAMAGE_CLIPS'];
      for (const name of ofPlane) assert.ok(names(pipe.plane, 'plane').has(name), name);
      const type = node.properties(pipe.plane, 'plane').get('type');
      assert.equal(type?.value, type?.enums.get('Primary'));
    });

    it('says ENOENT of a connector, a blob and a framebuffer that are none', () => {
      const none = { code: 'ERR_SYSTEM', errno: ENOENT };
      assert.throws(() => node.kms.getConnector(999_999 as ConnectorId, { probe: false }), none);
      assert.throws(() => node.kms.getBlob(999_999 as BlobId), none);
      assert.throws(() => node.kms.destroyBlob(999_999 as BlobId), none);
      assert.throws(() => node.buffers.closeFramebuffer(999_999 as FramebufferId), none);
    });

    it('keeps a blob until it is destroyed, once', () => {
      const blob = node.kms.createBlob(Buffer.from('guesthead'));
      assert.equal(node.kms.getBlob(blob).toString(), 'guesthead');
      node.kms.destroyBlob(blob);
      assert.throws(() => node.kms.getBlob(blob), { errno: ENOENT });
      assert.throws(() => node.kms.destroyBlob(blob), { errno: ENOENT });
    });

    it('keeps a framebuffer’s memory when its handle is closed, and ends it once', () => {
      const framebuffer = withDumb((handle, pitch) => framebufferOf(handle, pitch));
      device.commit(showing(framebuffer), commitFlag.testOnly | commitFlag.allowModeset);
      node.buffers.closeFramebuffer(framebuffer);
      assert.throws(() => node.buffers.closeFramebuffer(framebuffer), { errno: ENOENT });
      assert.throws(() => device.commit(showing(framebuffer), commitFlag.testOnly | commitFlag.allowModeset));
    });

    it('refuses a framebuffer of no memory, or whose format no plane has', () => {
      withDumb((handle, pitch) => {
        assert.throws(() => framebufferOf((handle + 50) as GemHandle, pitch), { errno: EINVAL });
        assert.throws(() => framebufferOf(handle, pitch, { format: 0 }), { errno: EINVAL });
      });
    });

    it('gives one handle for one dma-buf, however often it is imported, and takes the render GPU’s', async () => {
      const other = rig.kernel.openNode(rig.render);
      const gbm: Allocator = await rig.kernel.createGbm(other);
      const bo = gbm.createBuffer({ ...size, format: format.XRGB8888, usage: renderUsage });
      const fds = [1, 2].map(() => other.buffers.primeHandleToFd(bo.handle, { readWrite: true }));
      bo.close();
      const handles = fds.map((fd) => node.buffers.primeFdToHandle(fd));
      assert.equal(handles[0], handles[1]);
      for (const fd of fds) closeSync(fd);
      node.buffers.closeGemHandle(handles[0]!);
      assert.throws(() => node.buffers.closeGemHandle(handles[0]!), { errno: EINVAL });
      gbm.close();
      other.close();
    });

    it('refuses a commit of what is no object, no framebuffer or no mode, or of a part of the screen', () => {
      const test = commitFlag.testOnly | commitFlag.allowModeset;
      const refused = (errno: number, values: Record<string, bigint>) =>
        assert.throws(
          () => device.commit(new AtomicBuilder(node).set('plane', pipe.plane, values).build(), test),
          { errno },
          JSON.stringify(Object.keys(values)),
        );
      refused(EINVAL, { FB_ID: 999_999n });
      const narrow = BigInt(size.width - 1);
      refused(ERANGE, { CRTC_W: narrow });
      refused(EINVAL, { CRTC_W: narrow, SRC_W: narrow << 16n });
      refused(ENOSPC, { CRTC_W: BigInt(size.width + 1), SRC_W: BigInt(size.width + 1) << 16n });
      refused(EINVAL, { FB_ID: 0n, CRTC_ID: BigInt(pipe.crtc) });
      const mode = new AtomicBuilder(node).set('crtc', pipe.crtc, { MODE_ID: 999_999n }).build();
      assert.throws(() => device.commit(mode, test), { errno: EINVAL });
      const values = new BigUint64Array([1n]);
      const nothing = { objects: new Uint32Array([999_999]), properties: new Uint32Array([1]), values };
      assert.throws(() => device.commit(nothing, test), { errno: ENOENT });
    });

    it('refuses a change of mode without ALLOW_MODESET', () => {
      const off = new AtomicBuilder(node)
        .set('connector', pipe.connector.id, { CRTC_ID: 0n })
        .set('crtc', pipe.crtc, { MODE_ID: 0n, ACTIVE: 0n })
        .set('plane', pipe.plane, { FB_ID: 0n, CRTC_ID: 0n })
        .build();
      assert.throws(() => device.commit(off, commitFlag.testOnly), { errno: EINVAL });
      device.commit(off, commitFlag.testOnly | commitFlag.allowModeset);
    });

    it('refuses commits and cursors of who is not master, who gets it back by asking', () => {
      const framebuffer = withDumb((handle, pitch) => framebufferOf(handle, pitch));
      node.giveUpMaster();
      assert.throws(() => device.commit(showing(framebuffer), commitFlag.testOnly), { errno: EACCES });
      assert.throws(() => node.kms.moveCursor(pipe.crtc, 1, 1), { code: 'ERR_PERMISSION', errno: EACCES });
      assert.equal(node.regainMaster(), true);
      node.buffers.closeFramebuffer(framebuffer);
    });

    it('closes once, and says so afterwards', () => {
      const second = rig.kernel.openNode(rig.display);
      second.close();
      second.close();
      const closed = { code: 'ERR_CLOSED' };
      assert.throws(() => second.fd, closed);
      assert.throws(() => second.kms.getResources(), closed);
      assert.throws(() => second.buffers.createDumb({ width: size.width, height: size.height, bpp: 32 }), closed);
      assert.throws(() => rig.kernel.openNode('/dev/dri/card99'), { code: 'ERR_NO_DEVICE' });
    });

    it('answers ENODEV once its device is gone, and closes all the same', async () => {
      await rig.unplug();
      const lost = { code: 'ERR_DEVICE_LOST', errno: ENODEV };
      assert.throws(() => node.kms.getResources(), lost);
      assert.throws(() => node.kms.createBlob(Buffer.alloc(4)), lost);
      assert.throws(() => node.kms.setCursor(pipe.crtc, undefined), lost);
      assert.throws(() => node.buffers.createDumb({ width: size.width, height: size.height, bpp: 32 }), lost);
      assert.throws(() => device.commit(showing(0 as FramebufferId), commitFlag.allowModeset), { errno: ENODEV });
      device.close();
      node.close();
      assert.throws(() => rig.kernel.openNode(rig.display), { code: 'ERR_NO_DEVICE' });
    });

    function showing(framebuffer: FramebufferId) {
      const [w, h] = [BigInt(size.width), BigInt(size.height)];
      const source = { SRC_X: 0n, SRC_Y: 0n, SRC_W: w << 16n, SRC_H: h << 16n };
      const target = { CRTC_X: 0n, CRTC_Y: 0n, CRTC_W: w, CRTC_H: h };
      const plane = { FB_ID: BigInt(framebuffer), CRTC_ID: BigInt(pipe.crtc), ...source, ...target };
      return new AtomicBuilder(node).set('plane', pipe.plane, plane).build();
    }
  });
}
