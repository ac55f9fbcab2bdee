/** A client with explicit sync, of the kiosk that has started it: its second buffer is drawn 200 ms after it is committed. */
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DrmNode, discover } from '../../../src/device/index.js';
import { format } from '../../../src/ffi/index.js';
import { createSyncobj } from '../../support/create-syncobj.js';
import { access, loadNative } from '../../../src/native/index.js';
import { WireClient } from '../../support/wayland-client.js';

const lateMs = 200;
const native = loadNative();
const { XDG_RUNTIME_DIR: folder = '', WAYLAND_DISPLAY: display = '' } = process.env;

const path = discover().find(({ driver }) => driver === 'virtio_gpu')?.render ?? '';
const node = DrmNode.open(path);
const device = native.openSyncDevice(node.fd);
const client = await WireClient.connect(join(folder, display));
const manager = client.bind('wp_linux_drm_syncobj_manager_v1');
const surface = client.request(client.bind('wl_compositor'), 'create_surface');
const sync = client.request(manager, 'get_surface', surface);
const [width, height] = await openWindow();
const [first, second] = [picture(0x336699), picture(0x993366)];

first.drawn.signal(1n);
await done(commit(first));
const committedMs = performance.now();
const callback = done(commit(second));
await delay(lateMs);
const signalledMs = performance.now();
second.drawn.signal(1n);
await callback;
const shownMs = performance.now();
await free(first);
await client.roundtrip();
const was = client.eventsOf(first.buffer).map(([name]) => name);
console.log(
  `sync ${JSON.stringify({ lateMs: signalledMs - committedMs, afterMs: shownMs - signalledMs, first: was })}`,
);
client.close();
process.exit(0);

async function openWindow(): Promise<[width: number, height: number]> {
  const xdg = client.request(client.bind('xdg_wm_base'), 'get_xdg_surface', surface);
  const toplevel = client.request(xdg, 'get_toplevel');
  client.request(surface, 'commit');
  await client.roundtrip();
  const [, across, down] = client.eventsOf(toplevel).findLast(([name]) => name === 'configure') ?? [];
  const [, serial] = client.eventsOf(xdg).at(-1) ?? [];
  client.request(xdg, 'ack_configure', serial as number);
  return [across as number, down as number];
}

/** A dma-buf in one colour, and the timelines that say when it is drawn and free. */
function picture(colour: number) {
  const bytes = width * height * 4;
  const fd = native.createUdmabuf(bytes);
  const mapping = native.mapDmabuf(fd, bytes, access.readWrite);
  new Uint32Array(mapping.buffer).fill(colour);
  mapping.close();
  const params = client.request(client.bind('zwp_linux_dmabuf_v1'), 'create_params');
  client.requestWith([fd], params, 'add', 0, 0, width * 4, 0, 0);
  closeSync(fd);
  const buffer = client.request(params, 'create_immed', width, height, format.XRGB8888, 0);
  const [drawn, free] = [timeline(), timeline()];
  return { buffer, drawn: drawn.ours, drawnId: drawn.id, free: free.ours, freeId: free.id };
}

function timeline() {
  const fd = createSyncobj(node.fd);
  const made = { ours: device.importTimeline(fd), id: client.requestWith([fd], manager, 'import_timeline') };
  closeSync(fd);
  return made;
}

type Picture = ReturnType<typeof picture>;

function commit({ buffer, drawnId, freeId }: Picture): number {
  client.request(sync, 'set_acquire_point', drawnId, 0, 1);
  client.request(sync, 'set_release_point', freeId, 0, 1);
  client.request(surface, 'attach', buffer, 0, 0);
  client.request(surface, 'damage_buffer', 0, 0, width, height);
  const frame = client.request(surface, 'frame');
  client.request(surface, 'commit');
  return frame;
}

async function done(frame: number): Promise<void> {
  while (client.eventsOf(frame).length === 0) await delay(2);
}

function free({ free: timeline }: Picture): Promise<void> {
  return new Promise((resolve) => {
    const wait = timeline.whenSignalled(1n, () => {
      wait?.close();
      resolve();
    });
    if (wait === null) resolve();
  });
}
