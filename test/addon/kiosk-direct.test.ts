/** Clients' buffers on the screen as they are, on the real libwayland and a fake display; its dma-bufs stand in for udmabufs. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { GuestheadError } from '../../src/errors.js';
import { enums } from '../../src/wayland/index.js';
import { KioskRig, type Window } from './support/kiosk-rig.js';

let rig: KioskRig;
let window: Window;
let size: [width: number, height: number];

beforeEach(async () => {
  rig = await KioskRig.open();
  window = await rig.open();
  size = window.ack();
});

afterEach(async () => {
  window.close();
  await rig.close();
});

const happened = (id: number, name: string) => window.client.eventsOf(id).some(([event]) => event === name);
const firstPixel = () => (rig.pixels()?.[0] ?? 0) & 0xffffff;

async function shown(buffer: number): Promise<number> {
  const callback = window.show(buffer);
  await rig.flipUntil(() => happened(callback, 'done'));
  return callback;
}

/** Two buffers, each shown once, and so drawn from. */
async function twoBuffers(): Promise<[number, number]> {
  const buffers: [number, number] = [window.buffer(...size, 0x111111), window.buffer(...size, 0x222222)];
  for (const buffer of buffers) await shown(buffer);
  return buffers;
}

describe('a client’s buffer that fills the head', () => {
  it('is shown as it is from its second time on, and not one byte of it is copied', async () => {
    const buffers = await twoBuffers();
    const { bytesCopied } = rig.kiosk.counts;
    const feedback = window.client.request(window.client.bind('wp_presentation'), 'feedback', window.surface);
    for (const buffer of buffers) await shown(buffer);
    assert.equal(firstPixel(), 0x222222);
    assert.equal(rig.kiosk.counts.bytesCopied, bytesCopied);
    assert.equal(rig.kiosk.counts.direct, 2);
    const [, ...presented] = window.client.eventsOf(feedback).find(([name]) => name === 'presented') ?? [];
    assert.equal(presented.at(-1), enums.wp_presentation_feedback.kind.zero_copy);
    for (let i = 0; i < 8; i++) await shown(buffers[i % 2]!);
    assert.equal(rig.wrapping.times, 2, 'each is imported once');
  });

  it('is given back before its client is asked for the next frame', async () => {
    const [first, second] = await twoBuffers();
    await shown(first);
    window.client.events.length = 0;
    const callback = await shown(second);
    const order = window.client.events.filter(({ id }) => id === first || id === callback).map(({ name }) => name);
    assert.deepEqual(order, ['release', 'done']);
  });

  it('and is the client’s only one, is shown again and again', async () => {
    const buffer = window.buffer(...size, 0x333333);
    for (let i = 0; i < 5; i++) await shown(buffer);
    assert.equal(rig.kiosk.counts.direct, 4);
  });

  it('is drawn when something stands on it, and shown again when that has gone', async () => {
    const [first, second] = await twoBuffers();
    await shown(first);
    const { client } = window;
    const surface = client.request(client.bind('wl_compositor'), 'create_surface');
    const subsurface = client.request(client.bind('wl_subcompositor'), 'get_subsurface', surface, window.surface);
    client.request(surface, 'attach', window.buffer(10, 10, 0x444444), 0, 0);
    client.request(surface, 'commit');
    await shown(second);
    assert.deepEqual([firstPixel(), rig.kiosk.counts.direct], [0x444444, 1]);
    assert.equal(rig.kiosk.counts.drawn['several surfaces are seen'], 1);
    client.request(subsurface, 'destroy');
    await shown(first);
    await shown(second);
    assert.equal(firstPixel(), 0x222222);
    await shown(window.buffer(...size, 0x555555));
    assert.equal(firstPixel(), 0x555555, 'the backbuffers, which missed all of this, are drawn whole');
    assert.equal(
      rig.pixels()?.every((pixel) => (pixel & 0xffffff) === 0x555555),
      true,
    );
  });

  it('whose memory cannot be made a dma-buf is copied; it is tried once, and the reason is told', async () => {
    rig.wrapping.failure = new Error('sealed against sealing');
    const buffers = await twoBuffers();
    for (let i = 0; i < 4; i++) await shown(buffers[i % 2]!);
    assert.equal(rig.wrapping.times, 2);
    assert.equal(rig.kiosk.counts.drawn['sealed against sealing'], 4);
    assert.equal(rig.kiosk.counts.direct, 0);
  });

  it('that the head does not take after all is drawn, given back like any other, and not tried again', async () => {
    const [first, second] = await twoBuffers();
    const { head } = rig;
    const present = head.present.bind(head);
    let refusals = 0;
    head.present = (what, options) => {
      if ('closed' in what) {
        refusals++;
        throw new GuestheadError('ERR_USAGE', 'no slot is left');
      }
      present(what, options);
    };
    for (const buffer of [first, second, first, second]) await shown(buffer);
    assert.equal(firstPixel(), 0x222222);
    assert.deepEqual([refusals, rig.kiosk.counts.direct, rig.kiosk.counts.drawn['no slot is left']], [2, 0, 4]);
    assert.ok(happened(first, 'release'));
    assert.equal(
      rig.pixels()?.every((pixel) => (pixel & 0xffffff) === 0x222222),
      true,
    );
  });

  it('leaves nothing of it with the display once the client has gone', async () => {
    const held = () => rig.kernel.held().framebuffers;
    await shown(window.buffer(...size, 0));
    const before = held();
    const buffers = [window.buffer(...size, 0x111111), window.buffer(...size, 0x222222)];
    for (let i = 0; i < 6; i++) await shown(buffers[i % 2]!);
    assert.equal(held(), before + 2);
    window.client.close();
    await rig.flipUntil(() => firstPixel() === 0);
    await rig.flipUntil(() => held() === before);
  });
});
