/** wp_linux_drm_syncobj_manager_v1, on the real libwayland, a fake display and fake syncobjs. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Fence } from '../../src/buffer/index.js';
import type { Gl } from '../../src/gl/index.js';
import type { FakeKernel } from '../../src/testing/index.js';
import { ExplicitSyncRig, managerName, SyncClient } from './support/explicit-sync-rig.js';
import { KioskRig } from './support/kiosk-rig.js';

let on: ExplicitSyncRig;
let client: SyncClient;

async function begin(openGl?: (kernel: FakeKernel) => Promise<Gl>): Promise<void> {
  on = await ExplicitSyncRig.open(openGl);
  ({ client } = on);
}

beforeEach(() => begin());
afterEach(() => on.close());

const freeAt = (point: bigint) => on.rig.flipUntil(() => client.free.syncobj.signalled === point);

/** A picture that is drawn already. */
async function shown(colour: number, point: bigint): Promise<number> {
  client.drawn.syncobj.signal(point);
  const buffer = client.buffer(colour);
  client.commit(buffer, point, point);
  await on.seen(colour);
  return buffer;
}

describe('explicit sync', () => {
  it('is offered where a trial works, and where not nothing of it is', async () => {
    assert.equal(client.client.globals.get(managerName)?.[1], 1);
    const other = await KioskRig.open();
    const window = await other.open();
    assert.equal(window.client.globals.has(managerName), false);
    window.close();
    await other.close();
  });

  it('shows a buffer when its point has signalled, and not before, while others are shown', async () => {
    await shown(0x11, 1n);
    client.commit(client.buffer(0x22), 2n, 2n);
    await on.refreshes();
    assert.equal(on.pixel, 0x11);
    const other = await on.rig.open();
    other.show(other.buffer(...other.ack(), 0x33));
    await on.seen(0x33);
    other.close();
    await on.seen(0x11);
    client.drawn.syncobj.signal(2n);
    await on.seen(0x22);
  });

  it('has 64 bits of each point', async () => {
    const high = 2n ** 32n;
    client.commit(client.buffer(0x11), high + 1n, 2n ** 63n);
    client.drawn.syncobj.signal(high);
    await on.refreshes();
    assert.notEqual(on.pixel, 0x11);
    client.drawn.syncobj.signal(high + 2n);
    await on.seen(0x11);
    client.commit(client.buffer(0x22), high + 2n, 2n ** 63n + 1n);
    await freeAt(2n ** 63n);
  });

  it('signals that a buffer is free when the host has let go of it, as it is released', async () => {
    on.rig.kernel.holdsFences = true;
    const first = await shown(0x11, 1n);
    await shown(0x22, 2n);
    await on.refreshes();
    assert.deepEqual([client.free.syncobj.signalled, client.client.eventsOf(first)], [0n, []]);
    await on.rig.kernel.releaseFences();
    assert.equal(client.free.syncobj.signalled, 1n);
    await client.client.roundtrip();
    assert.deepEqual(client.client.eventsOf(first), [['release']]);
  });

  it('signals at once that a buffer is free whose commit another one takes the place of', async () => {
    const { surface, sync } = client.child();
    for (const point of [1n, 2n]) {
      client.set('acquire', client.drawn, point, sync);
      client.set('release', client.free, point, sync);
      client.window.showOn(surface, client.buffer(0x11, [8, 8]));
    }
    await client.client.roundtrip();
    assert.equal(client.free.syncobj.signalled, 1n);
  });

  it('holds a parent back whose subsurface is being drawn', async () => {
    await shown(0x11, 1n);
    const { surface, sync } = client.child();
    client.set('acquire', client.drawn, 2n, sync);
    client.set('release', client.timeline(), 1n, sync);
    client.window.showOn(surface, client.buffer(0x22, [8, 8]));
    client.commit(client.buffer(0x33), 1n, 2n);
    await on.refreshes();
    assert.equal(on.pixel, 0x11);
    client.drawn.syncobj.signal(2n);
    await on.seen(0x22);
  });

  it('holds a parent back whose subsurface had waited by itself, and waits with it now', async () => {
    await shown(0x11, 1n);
    const { surface, subsurface, sync } = client.child();
    client.client.request(client.window.surface, 'commit');
    client.client.request(subsurface, 'set_desync');
    client.set('acquire', client.drawn, 2n, sync);
    client.set('release', client.timeline(), 1n, sync);
    client.window.showOn(surface, client.buffer(0x22, [8, 8]));
    client.client.request(subsurface, 'set_sync');
    client.client.request(surface, 'commit');
    client.commit(client.buffer(0x33), 1n, 2n);
    await on.refreshes();
    assert.equal(on.pixel, 0x11);
    client.drawn.syncobj.signal(2n);
    await on.seen(0x22);
  });

  it('signals that a buffer is free when its surface goes', async () => {
    await shown(0x11, 1n);
    client.commit(client.buffer(0x22), 5n, 2n); // which is never drawn
    await client.client.roundtrip();
    assert.equal(client.free.syncobj.signalled, 0n);
    const { toplevel, xdg, surface } = client.window;
    for (const id of [toplevel, xdg, surface]) client.client.request(id, 'destroy');
    await client.client.roundtrip();
    assert.equal(client.free.syncobj.signalled, 2n, 'of the commit that waited');
    await on.seen(0);
    assert.equal(client.client.error, undefined);
  });

  it('takes later points in place of earlier ones, and of an object that has gone only those that were committed', async () => {
    client.set('acquire', client.drawn, 9n);
    client.set('release', client.free, 9n);
    await shown(0x11, 1n);
    for (const { id } of [client.drawn, client.free]) client.client.request(id, 'destroy');
    client.set('acquire', client.timeline(), 9n);
    client.client.request(client.sync, 'destroy');
    client.window.show(client.buffer(0x22));
    await on.seen(0x22);
    await freeAt(1n);
    client.sync = client.syncOf(client.window.surface);
    [client.drawn, client.free] = [client.timeline(), client.timeline()];
    await shown(0x33, 1n);
  });

  it('keeps nothing of a client that goes while it is waited for', async () => {
    await client.client.roundtrip();
    const held = () => [on.syncobjs.held(), on.rig.kernel.held().descriptors];
    const before = held();
    const leaving = await SyncClient.open(on);
    leaving.drawn.syncobj.signal(1n);
    leaving.commit(leaving.buffer(0x11), 1n, 1n);
    await on.seen(0x11);
    for (const point of [2n, 3n, 4n]) leaving.commit(leaving.buffer(0x22), point, point);
    leaving.set('acquire', leaving.drawn, 9n);
    await leaving.client.roundtrip();
    const { waits, descriptors } = on.syncobjs.held();
    assert.deepEqual([waits, descriptors], [1, 4], 'only the first of them is waited for');
    leaving.window.close();
    await on.seen(0);
    await on.refreshes();
    assert.deepEqual(held(), before);
  });

  it('ends a client that parks a thousand timelines', async () => {
    const { syncobj } = client.drawn;
    for (let made = 0; made < 1025 && !client.client.gone; made++) {
      client.timeline(syncobj);
      if (made % 64 === 0) await client.client.roundtrip();
    }
    await client.client.end();
    assert.match(client.client.error?.text ?? '', /no memory/);
    await on.rig.flipUntil(() => on.syncobjs.held().handles === 0);
  });

  it('keeps a buffer until the GPU has read it, and not only until its driver has the drawing', async () => {
    await on.close();
    const fences: ReturnType<FakeKernel['createFence']>[] = [];
    await begin((kernel) => {
      const compose = () => {
        const fence = kernel.createFence();
        if (fences.push(fence) > 1) fence.signal();
        return Promise.resolve({ fence: Fence.adopt(fence.fd, kernel.native), fenceKind: 'native' });
      };
      const close = () => undefined;
      const importDmabuf = () => Promise.resolve({ close });
      return Promise.resolve({
        info: { software: false },
        closed: false,
        compose,
        importDmabuf,
        close,
      } as unknown as Gl);
    });
    client.drawn.syncobj.signal(10n);
    client.commit(client.buffer(0x11, [8, 8]), 1n, 1n); // drawn by the CPU while GL is opened
    await on.refreshes();
    client.commit(client.buffer(0x22, [8, 8]), 2n, 2n);
    await on.refreshes();
    assert.equal(fences.length, 1);
    client.commit(client.buffer(0x33, [8, 8]), 3n, 3n);
    await on.refreshes();
    assert.equal(client.free.syncobj.signalled, 1n);
    fences[0]?.signal();
    await freeAt(2n);
    await on.refreshes();
  });
});
