/** A kiosk whose GPUs have timelines, and a client that synchronises explicitly. */
import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import { formats } from '../../../src/buffer/index.js';
import type { Gl } from '../../../src/gl/index.js';
import type { FakeKernel } from '../../../src/testing/index.js';
import { FakeSyncobjs, type FakeSyncobj } from '../../support/fake-syncobjs.js';
import { KioskRig, Window } from './kiosk-rig.js';

/** What is offered. */
export const managerName = 'wp_linux_drm_syncobj_manager_v1';

/** Of the client, and its object on the wire. */
export interface Timeline {
  readonly syncobj: FakeSyncobj;
  readonly id: number;
}

/** A client with a window, whose buffers are dma-bufs and whose points are of two timelines unless others are named. */
export class SyncClient {
  readonly size: [width: number, height: number];
  readonly manager: number;
  /** Of its window's surface. */
  sync: number;
  drawn: Timeline;
  free: Timeline;

  private constructor(
    private readonly on: { readonly rig: KioskRig; readonly syncobjs: FakeSyncobjs },
    readonly window: Window,
  ) {
    this.size = window.ack();
    this.manager = window.client.bind(managerName);
    this.sync = this.syncOf(window.surface);
    [this.drawn, this.free] = [this.timeline(), this.timeline()];
  }

  static async open(on: { readonly rig: KioskRig; readonly syncobjs: FakeSyncobjs }): Promise<SyncClient> {
    return new SyncClient(on, await Window.open(on.rig.path));
  }

  get client() {
    return this.window.client;
  }

  syncOf(surface: number): number {
    return this.client.request(this.manager, 'get_surface', surface);
  }

  timeline(syncobj = this.on.syncobjs.create()): Timeline {
    return { syncobj, id: this.client.requestWith([syncobj.fd], this.manager, 'import_timeline') };
  }

  /** In one colour. */
  buffer(colour: number, [width, height] = this.size): number {
    const { client } = this;
    const { kernel } = this.on.rig;
    const fd = kernel.createDmabuf(width * height * 4);
    kernel.pixelsOf(fd)?.fill(colour);
    const params = client.request(client.bind('zwp_linux_dmabuf_v1'), 'create_params');
    client.requestWith([fd], params, 'add', 0, 0, width * 4, 0, 0);
    closeSync(fd);
    return client.request(params, 'create_immed', width, height, formats.XRGB8888, 0);
  }

  set(which: 'acquire' | 'release', { id }: Timeline, point: bigint, sync = this.sync): void {
    this.client.request(sync, `set_${which}_point`, id, Number(point >> 32n), Number(point & 0xffffffffn));
  }

  /** Of its window. */
  commit(buffer: number, acquire: bigint, release: bigint): void {
    this.set('acquire', this.drawn, acquire);
    this.set('release', this.free, release);
    this.window.show(buffer);
  }

  /** A subsurface of its window, which is synchronised with it. */
  child(): { readonly surface: number; readonly sync: number; readonly subsurface: number } {
    const { client } = this;
    const surface = client.request(client.bind('wl_compositor'), 'create_surface');
    const parent = this.window.surface;
    const subsurface = client.request(client.bind('wl_subcompositor'), 'get_subsurface', surface, parent);
    return { surface, sync: this.syncOf(surface), subsurface };
  }
}

export class ExplicitSyncRig {
  private constructor(
    readonly syncobjs: FakeSyncobjs,
    readonly rig: KioskRig,
    readonly client: SyncClient,
  ) {}

  /** `openGl`: what draws in place of the fake GPU, which does not. */
  static async open(openGl?: (kernel: FakeKernel) => Promise<Gl>): Promise<ExplicitSyncRig> {
    const syncobjs = new FakeSyncobjs();
    const rig = await KioskRig.open({}, [], openGl, {}, { openSyncDevice: () => syncobjs.openSyncDevice() });
    return new ExplicitSyncRig(syncobjs, rig, await SyncClient.open({ rig, syncobjs }));
  }

  get pixel(): number {
    return this.rig.pixelAt(0, 0);
  }

  seen(colour: number): Promise<void> {
    return this.rig.flipUntil(() => this.pixel === colour);
  }

  /** Refreshes in which what was sent would have been shown. */
  async refreshes(): Promise<void> {
    await this.client.client.roundtrip();
    for (let count = 0; count < 3; count++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      await this.rig.kernel.flip();
    }
  }

  async close(): Promise<void> {
    this.client.window.close();
    await this.rig.close();
    assert.deepEqual(this.syncobjs.held(), { devices: 0, handles: 0, waits: 0, descriptors: 0 });
    this.syncobjs.close();
  }
}
