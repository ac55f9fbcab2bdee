/** Who closes what, and that nothing is left open. */
import assert from 'node:assert/strict';
import { closeSync, fstatSync } from 'node:fs';
import { describe, it } from 'node:test';
import { native } from './support/addon.js';
import { Fifo, memoryFile, openDescriptors } from './support/descriptors.js';
import { turns } from './support/loop.js';

const ids = { crtc: 1, plane: 2, fbId: 3, inFenceFd: 4, outFencePtr: 5, fbDamageClips: 6 };
const noop = (): void => undefined;
const handlers = { flip: noop, fence: noop, error: noop };
const closed = { code: 'ERR_CLOSED' };
const empty = { objects: new Uint32Array(), properties: new Uint32Array(), values: new BigUint64Array() };

describe('closing', () => {
  it('is idempotent, and later use throws', () => {
    const pipe = new Fifo();
    const file = memoryFile(4096);
    const device = native.openDevice(pipe.fd);
    const scanout = device.createScanout(ids, handlers);
    const mapping = native.mapDmabuf(file, 4096, 3);
    const watcher = native.watchReadable(pipe.fd, noop);
    for (const object of [scanout, device, mapping, watcher]) {
      object.close();
      object.close();
    }
    assert.throws(() => device.commit(empty, 0), closed);
    assert.throws(() => device.createScanout(ids, handlers), closed);
    assert.throws(() => scanout.attach(0, 1, -1), closed);
    assert.throws(() => scanout.detach(0), closed);
    assert.throws(() => scanout.commit(0, -1, 0, false), closed);
    assert.throws(() => scanout.setCurrent(-1), closed);
    assert.throws(() => mapping.beginAccess(1), closed);
    assert.throws(() => mapping.endAccess(1), closed);
    pipe.close();
    closeSync(file);
  });

  it('of a device closes its scanouts first', () => {
    const pipe = new Fifo();
    const device = native.openDevice(pipe.fd);
    const scanouts = [device.createScanout(ids, handlers), device.createScanout(ids, handlers)];
    device.close();
    for (const scanout of scanouts) {
      assert.throws(() => scanout.detach(0), closed);
      scanout.close();
    }
    pipe.close();
  });

  it("leaves the caller's descriptor open", () => {
    const pipe = new Fifo();
    const file = memoryFile(4096);
    native.openDevice(pipe.fd).close();
    native.watchReadable(pipe.fd, noop).close();
    native.mapDmabuf(file, 4096, 1).close();
    assert.ok(fstatSync(pipe.fd).isFIFO());
    assert.ok(fstatSync(file).isFile());
    pipe.close();
    closeSync(file);
  });

  it('releases each descriptor at once', () => {
    const pipe = new Fifo();
    const device = native.openDevice(pipe.fd);
    const scanout = device.createScanout(ids, handlers);
    const before = openDescriptors();
    scanout.attach(0, 1, pipe.fd);
    assert.ok(openDescriptors() > before);
    scanout.detach(0);
    assert.equal(openDescriptors(), before);
    scanout.attach(0, 1, pipe.fd);
    scanout.attach(0, 2, pipe.fd);
    scanout.attach(0, 3, -1);
    assert.equal(openDescriptors(), before);
    device.close();
    pipe.close();
  });

  it('leaks no descriptor over 1000 rounds', async () => {
    const pipe = new Fifo();
    const file = memoryFile(4096);
    await turns();
    const before = openDescriptors();
    for (let round = 0; round < 1000; round++) {
      const device = native.openDevice(pipe.fd);
      const scanout = device.createScanout(ids, handlers);
      scanout.attach(round % 64, 1, pipe.fd);
      const watcher = native.watchReadable(pipe.fd, noop);
      native.mapDmabuf(file, 4096, 3).close();
      watcher.close();
      device.close();
    }
    // Fewer where something of an earlier test has been collected meanwhile.
    assert.ok(openDescriptors() <= before);
    await turns();
    pipe.close();
    closeSync(file);
  });
});
