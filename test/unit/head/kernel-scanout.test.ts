/** The frame path on the fake addon. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Swapchain } from '../../../src/buffer/index.js';
import { ImportedBuffer } from '../../../src/buffer/client-buffer.js';
import type { Claim } from '../../../src/head/claim.js';
import { ClientSlots } from '../../../src/head/client-slots.js';
import { KernelScanout } from '../../../src/head/kernel-scanout.js';
import { Owner } from '../../../src/owner.js';
import { FakeNative } from '../../../src/testing/index.js';

function openScanout(): KernelScanout {
  const native = new FakeNative();
  const node = { properties: () => new Map([['FB_ID', { id: 4 }]]) };
  const claim = { native, display: { node, device: native.openDevice() }, pipe: { crtc: 2, plane: 3 } };
  const flushFences = { observed: false, next: () => undefined };
  return new KernelScanout({
    claim: claim as unknown as Claim,
    flushFences,
    onFlip: () => undefined,
    onForbidden: () => undefined,
    gone: () => false,
  });
}

/** 64x32 pixels, with one handle. */
function importedBuffer() {
  const layout = { width: 64, height: 32, format: 0, stride: 256, offset: 0, modifier: 0n, size: 8192 };
  const imported = new ImportedBuffer(layout, 7 as never, -1 as never, new Owner(), () => undefined);
  return { imported, handle: imported.open() };
}

describe('KernelScanout', () => {
  it('lets go of clients’ buffers that are still attached when it is closed', () => {
    const scanout = openScanout();
    const slots = new ClientSlots(new Swapchain<never>(), scanout);
    const { imported, handle } = importedBuffer();
    slots.slotOf(handle, { width: 64, height: 32 } as never);
    scanout.close(); // as every head does that ends, or whose display is lost
    slots.close();
    handle.close();
    assert.ok(imported.gone);
  });
});
