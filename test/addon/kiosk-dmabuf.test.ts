/** Clients that bring dma-bufs, on the real libwayland and a fake display, whose dma-bufs they are. */
import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { formats } from '../../src/buffer/index.js';
import { enums } from '../../src/wayland/index.js';
import { memoryFile, openDescriptors } from './support/descriptors.js';
import { KioskRig, type Window } from './support/kiosk-rig.js';

const { error: errors } = enums.zwp_linux_buffer_params_v1;
const { XRGB8888, ARGB8888 } = formats;

let rig: KioskRig;
let window: Window;
let size: [width: number, height: number];
let dmabuf: number;

beforeEach(async () => {
  rig = await KioskRig.open();
  window = await rig.open();
  size = window.ack();
  dmabuf = window.client.bind('zwp_linux_dmabuf_v1');
});

afterEach(async () => {
  window.close();
  await rig.close();
  assert.equal(rig.kernel.held().mappings, 0);
});

const happened = (id: number, name: string) => window.client.eventsOf(id).some(([event]) => event === name);
const firstPixel = () => (rig.pixels()?.[0] ?? 0) & 0xffffff;

async function shown(buffer: number): Promise<number> {
  const callback = window.show(buffer);
  await rig.flipUntil(() => happened(callback, 'done'));
  return callback;
}

interface Planed {
  readonly fd?: number;
  readonly index?: number;
  readonly offset?: number;
  readonly stride?: number;
  readonly modifier?: number;
}

/** The fake kernel's, in one colour. */
function memory(width: number, height: number, colour: number): number {
  const fd = rig.kernel.createDmabuf(width * height * 4);
  rig.kernel.pixelsOf(fd)?.fill(colour);
  return fd;
}

/** Params with planes, whose descriptors are closed on this side. */
function params(...planes: readonly Planed[]): number {
  const made = window.client.request(dmabuf, 'create_params');
  for (const { fd = memory(...size, 0), index = 0, offset = 0, stride = size[0] * 4, modifier = 0 } of planes) {
    window.client.requestWith([fd], made, 'add', index, offset, stride, 0, modifier);
    closeSync(fd);
  }
  return made;
}

function immediate(colour: number, [width, height] = size, format: number = XRGB8888): number {
  const made = params({ fd: memory(width, height, colour), stride: width * 4 });
  return window.client.request(made, 'create_immed', width, height, format, 0);
}

describe('a client’s dma-buf that fills the head', () => {
  it('is shown as it is from the first time on, and given back before the next frame is asked for', async () => {
    const [first, second] = [immediate(0x111111), immediate(0x222222)];
    await shown(first);
    assert.equal(firstPixel(), 0x111111);
    window.client.events.length = 0;
    const callback = await shown(second);
    const order = window.client.events.filter(({ id }) => id === first || id === callback).map(({ name }) => name);
    assert.deepEqual(order, ['release', 'done']);
    assert.equal(firstPixel(), 0x222222);
    assert.deepEqual([rig.kiosk.counts.direct, rig.kiosk.counts.bytesCopied, rig.wrapping.times], [2, 0, 0]);
  });

  it('with an alpha is shown as it is over black, which is all that shows through', async () => {
    await shown(immediate(0x80111111, size, ARGB8888));
    assert.deepEqual([firstPixel(), rig.kiosk.counts.direct], [0x111111, 1]);
  });

  it('is drawn where something stands on it, from its own memory', async () => {
    const { client } = window;
    const below = immediate(0x111111);
    await shown(below);
    const surface = client.request(client.bind('wl_compositor'), 'create_surface');
    client.request(client.bind('wl_subcompositor'), 'get_subsurface', surface, window.surface);
    client.request(surface, 'attach', immediate(0x444444, [10, 10]), 0, 0);
    client.request(surface, 'commit');
    await shown(below);
    assert.deepEqual([firstPixel(), (rig.pixels()?.[10] ?? 0) & 0xffffff], [0x444444, 0x111111]);
    assert.equal(rig.kiosk.counts.drawn['several surfaces are seen'], 1);
  });

  it('whose first row is the lowest is turned the right way up', async () => {
    const fd = memory(...size, 0x111111);
    rig.kernel.pixelsOf(fd)?.fill(0x222222, 0, size[0]);
    const { y_invert: upsideDown } = enums.zwp_linux_buffer_params_v1.flags;
    await shown(window.client.request(params({ fd }), 'create_immed', ...size, XRGB8888, upsideDown));
    assert.deepEqual([firstPixel(), (rig.pixels()?.at(-1) ?? 0) & 0xffffff], [0x111111, 0x222222]);
    assert.equal(rig.kiosk.counts.drawn['the buffer is scaled or turned'], 1);
  });

  it('waits alone while it is drawn into: what is shown stays, and others go on', async () => {
    await shown(immediate(0x111111));
    const fd = memory(...size, 0x222222);
    const fence = rig.kernel.createFence();
    rig.kernel.native.importSyncFile(fd, fence.fd);
    closeSync(fence.fd);
    const late = window.show(window.client.request(params({ fd }), 'create_immed', ...size, XRGB8888, 0));
    const after = window.show(immediate(0x333333));
    const other = await rig.open();
    const [width, height] = other.ack();
    const callback = other.show(other.buffer(width, height, 0x444444));
    await rig.flipUntil(() => other.client.eventsOf(callback).length > 0);
    assert.equal(firstPixel(), 0x444444);
    other.close();
    await rig.flipUntil(() => firstPixel() === 0x111111);
    assert.deepEqual([happened(late, 'done'), happened(after, 'done')], [false, false]);
    fence.signal();
    await rig.flipUntil(() => happened(after, 'done'));
    assert.equal(firstPixel(), 0x333333);
    assert.ok(happened(late, 'done'));
  });

  it('that is drawn into for ever keeps nothing when its client goes', async () => {
    await window.client.roundtrip();
    const held = () => rig.kernel.held().descriptors;
    const before = held();
    const fd = memory(...size, 0x222222);
    const fence = rig.kernel.createFence();
    rig.kernel.native.importSyncFile(fd, fence.fd);
    closeSync(fence.fd);
    const buffer = window.client.request(params({ fd }), 'create_immed', ...size, XRGB8888, 0);
    for (let times = 0; times < 5; times++) window.show(buffer);
    await window.client.roundtrip();
    assert.equal(held(), before + 2); // it, and the fence that is waited for
    window.client.close();
    await rig.flipUntil(() => held() === before);
  });

  it('stays on the screen when its client destroys it, and nothing of it is left when the client has gone', async () => {
    await shown(window.buffer(...size, 0));
    const before = { ...rig.kernel.held(), descriptors: openDescriptors() };
    const buffer = immediate(0x111111);
    await shown(buffer);
    window.client.request(buffer, 'destroy');
    await window.client.roundtrip();
    assert.equal(firstPixel(), 0x111111);
    window.client.close();
    await rig.flipUntil(() => firstPixel() === 0);
    await rig.flipUntil(() => rig.kernel.held().framebuffers === before.framebuffers);
    assert.ok(openDescriptors() < before.descriptors, 'its socket, too');
  });
});

describe('zwp_linux_buffer_params_v1', () => {
  it('makes a buffer with a round trip, or says that it failed', async () => {
    const { client } = window;
    const good = params({});
    client.request(good, 'create', ...size, XRGB8888, 0);
    const file = memoryFile(size[0] * size[1] * 4); // which could be cut short while it is read
    const bad = params({ fd: file });
    client.request(bad, 'create', ...size, XRGB8888, 0);
    const interlaced = params({});
    client.request(interlaced, 'create', ...size, XRGB8888, enums.zwp_linux_buffer_params_v1.flags.interlaced);
    const narrow = params({ stride: size[0] * 4 - 4 });
    client.request(narrow, 'create', ...size, XRGB8888, 0);
    await client.roundtrip();
    assert.equal(client.eventsOf(good)[0]?.[0], 'created');
    assert.deepEqual(
      [bad, interlaced, narrow].map((each) => client.eventsOf(each)),
      [[['failed']], [['failed']], [['failed']]],
    );
  });

  const wrong: readonly (readonly [what: string, error: number, ask: () => void])[] = [
    ['a fifth plane', errors.plane_idx, () => void params({ index: 4 })],
    ['the same plane twice', errors.plane_set, () => void params({}, {})],
    ['no plane', errors.incomplete, () => create(params())],
    ['a plane left out', errors.incomplete, () => create(params({ index: 1 }))],
    ['a plane too many', errors.incomplete, () => create(params({}, { index: 1 }))],
    ['a buffer of it again', errors.already_used, () => [1, 2].reduce((made) => (create(made), made), params({}))],
    ['a format that nobody knows', errors.invalid_format, () => create(params({}), size, 0x20202020)],
    ['no width', errors.invalid_dimensions, () => create(params({}), [0, 10])],
    ['a negative height', errors.invalid_dimensions, () => create(params({}), [10, -1])],
    ['2³¹−1 pixels', errors.invalid_dimensions, () => create(params({}), [2 ** 31 - 1, 1])],
    ['a stride of 2³²−1', errors.out_of_bounds, () => create(params({ stride: 2 ** 32 - 1 }))],
    ['an offset of 2³²−1', errors.out_of_bounds, () => create(params({ offset: 2 ** 32 - 1 }))],
    ['more rows than there are', errors.out_of_bounds, () => create(params({}), [size[0], size[1] + 1])],
  ];

  function create(made: number, [width, height] = size, format: number = XRGB8888): void {
    window.client.request(made, 'create_immed', width, height, format, 0);
  }

  for (const [what, error, ask] of wrong)
    it(`ends a client that asks for ${what}, and keeps nothing of it`, async () => {
      const before = openDescriptors();
      ask();
      await window.client.end();
      assert.equal(window.client.error?.code, error, window.client.error?.text);
      await rig.flipUntil(() => openDescriptors() < before);
    });

  it('that is not used, or fails, keeps no descriptor', async () => {
    await window.client.roundtrip();
    const before = openDescriptors();
    const unused = params({}, { index: 1 }, { index: 3 });
    const bad = params({ fd: memoryFile(4) });
    window.client.request(bad, 'create', 1, 1, XRGB8888, 0);
    await window.client.roundtrip();
    window.client.request(unused, 'destroy');
    await window.client.roundtrip();
    assert.equal(openDescriptors(), before);
  });
});

describe('zwp_linux_dmabuf_v1', () => {
  const bytesOf = ({ devT }: { devT: { value: bigint } }) => new Uint8Array(BigUint64Array.of(devT.value).buffer);

  it('tells which GPU draws, what the display shows as it is, and all that can be drawn, in the order that GTK insists on', async () => {
    const { client, surface } = window;
    const asked = [
      client.request(dmabuf, 'get_default_feedback'),
      client.request(dmabuf, 'get_surface_feedback', surface),
    ];
    await client.roundtrip();
    const [render, display] = [bytesOf(rig.gpus.render), bytesOf(rig.gpus.display)];
    const both = new Uint8Array(Uint16Array.of(0, 1).buffer);
    for (const feedback of asked)
      assert.deepEqual(client.eventsOf(feedback), [
        ['format_table', undefined, 32],
        ['main_device', render],
        ['tranche_target_device', display],
        ['tranche_flags', enums.zwp_linux_dmabuf_feedback_v1.tranche_flags.scanout],
        ['tranche_formats', both],
        ['tranche_done'],
        ['tranche_target_device', render],
        ['tranche_flags', 0],
        ['tranche_formats', both],
        ['tranche_done'],
        ['done'],
      ]);
    const [table] = rig.sealed;
    assert.deepEqual([...new Uint32Array(table!.buffer)], [XRGB8888, 0, 0, 0, ARGB8888, 0, 0, 0]);
  });

  it('tells a client of version 3 its formats, and one of version 2 none: it would bring layouts that nobody knows', async () => {
    const { client } = window;
    const [third, second] = [client.bind('zwp_linux_dmabuf_v1', 3), client.bind('zwp_linux_dmabuf_v1', 2)];
    await client.roundtrip();
    assert.deepEqual(client.eventsOf(third), [
      ['modifier', XRGB8888, 0, 0],
      ['modifier', ARGB8888, 0, 0],
    ]);
    assert.deepEqual(client.eventsOf(second), []);
  });

  it('ends a client of version 5 whose planes differ in layout, or that brings what it was not offered; before 4 that fails', async () => {
    const { client } = window;
    const modifier = 1;
    dmabuf = client.bind('zwp_linux_dmabuf_v1', 3);
    const failed = params({ modifier });
    client.request(failed, 'create', ...size, XRGB8888, 0);
    await client.roundtrip();
    assert.deepEqual(client.eventsOf(failed), [['failed']]);
    dmabuf = client.bind('zwp_linux_dmabuf_v1', 4);
    client.request(params({ modifier }), 'create', ...size, XRGB8888, 0);
    await client.end();
    assert.equal(client.error?.code, errors.invalid_format);
    window = await rig.open();
    dmabuf = window.client.bind('zwp_linux_dmabuf_v1', 5);
    params({}, { index: 1, modifier });
    await window.client.end();
    assert.equal(window.client.error?.code, errors.invalid_format);
  });
});
