/** Surfaces on surfaces, viewports, turned pictures and presentation feedback, on the real libwayland and a fake display. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
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
const pixel = (x: number, y: number) => (rig.pixels()?.[y * size[0] + x] ?? 0) & 0xffffff;

async function shown(buffer: number): Promise<void> {
  const callback = window.show(buffer);
  await rig.flipUntil(() => happened(callback, 'done'));
}

/** A surface with a picture, on the window's own one. */
function child(colour: number, width = 20, height = 10): { surface: number; subsurface: number } {
  const { client } = window;
  const surface = client.request(client.bind('wl_compositor'), 'create_surface');
  const subsurface = client.request(client.bind('wl_subcompositor'), 'get_subsurface', surface, window.surface);
  attach(surface, window.buffer(width, height, colour));
  return { surface, subsurface };
}

function attach(surface: number, buffer: number): void {
  window.client.request(surface, 'attach', buffer, 0, 0);
  window.client.request(surface, 'damage_buffer', 0, 0, 10_000, 10_000);
  window.client.request(surface, 'commit');
}

describe('subsurfaces', () => {
  it('stand where they were put, once their parent is committed, and not before', async () => {
    await shown(window.buffer(...size, 0x111111));
    const { subsurface } = child(0x222222);
    window.client.request(subsurface, 'set_position', 30, 40);
    await window.client.roundtrip();
    await rig.kernel.flip();
    assert.equal(pixel(30, 40), 0x111111);
    await shown(window.buffer(...size, 0x111111));
    assert.deepEqual(
      [pixel(30, 40), pixel(49, 49), pixel(29, 40), pixel(50, 49)],
      [0x222222, 0x222222, 0x111111, 0x111111],
    );
  });

  it('follow their own commits once they are desynchronised; what they leave is drawn anew', async () => {
    const { surface, subsurface } = child(0x222222);
    await shown(window.buffer(...size, 0x111111));
    assert.equal(pixel(0, 0), 0x222222);
    window.client.request(subsurface, 'set_desync');
    attach(surface, window.buffer(5, 5, 0x333333));
    await rig.flipUntil(() => pixel(0, 0) === 0x333333);
    assert.deepEqual([pixel(4, 4), pixel(5, 5)], [0x333333, 0x111111]);
    window.client.request(subsurface, 'destroy');
    await rig.flipUntil(() => pixel(0, 0) === 0x111111);
  });

  it('are stacked as asked, also below their parent', async () => {
    const [lower, upper] = [child(0x222222), child(0x333333)];
    await shown(window.buffer(...size, 0x111111));
    assert.equal(pixel(0, 0), 0x333333);
    window.client.request(lower.subsurface, 'place_above', upper.surface);
    await shown(window.buffer(...size, 0x111111));
    assert.equal(pixel(0, 0), 0x222222);
    for (const { subsurface } of [lower, upper]) window.client.request(subsurface, 'place_below', window.surface);
    await shown(window.buffer(...size, 0x111111));
    assert.equal(pixel(0, 0), 0x111111);
  });

  it('of a subsurface wait for its commit too', async () => {
    const middle = child(0x222222);
    const { client } = window;
    const surface = client.request(client.bind('wl_compositor'), 'create_surface');
    const top = client.request(client.bind('wl_subcompositor'), 'get_subsurface', surface, middle.surface);
    client.request(top, 'set_desync');
    attach(surface, window.buffer(5, 5, 0x333333));
    attach(middle.surface, window.buffer(20, 10, 0x222222));
    await shown(window.buffer(...size, 0x111111));
    assert.deepEqual([pixel(0, 0), pixel(6, 6)], [0x333333, 0x222222]);
    attach(surface, window.buffer(5, 5, 0x444444));
    await window.client.roundtrip();
    await rig.kernel.flip();
    assert.equal(pixel(0, 0), 0x333333, 'its parent is synchronised, and so is it');
    client.request(middle.subsurface, 'set_desync');
    await rig.flipUntil(() => pixel(0, 0) === 0x444444);
  });

  const { error: subcompositor } = enums.wl_subcompositor;
  const rules: [what: string, code: number, breaks: () => void][] = [
    [
      'a surface on itself',
      subcompositor.bad_parent,
      () => {
        const { client } = window;
        const surface = client.request(client.bind('wl_compositor'), 'create_surface');
        client.request(client.bind('wl_subcompositor'), 'get_subsurface', surface, surface);
      },
    ],
    [
      'a surface on one that stands on it',
      subcompositor.bad_parent,
      () => {
        const { surface } = child(0);
        const { client } = window;
        const other = client.request(client.bind('wl_compositor'), 'create_surface');
        client.request(client.bind('wl_subcompositor'), 'get_subsurface', other, surface);
        client.request(client.bind('wl_subcompositor'), 'get_subsurface', window.surface, other);
      },
    ],
    [
      'a window as subsurface',
      subcompositor.bad_surface,
      () => {
        const { client } = window;
        const surface = client.request(client.bind('wl_compositor'), 'create_surface');
        client.request(client.bind('wl_subcompositor'), 'get_subsurface', window.surface, surface);
      },
    ],
    [
      'a place beside a stranger',
      enums.wl_subsurface.error.bad_surface,
      () => {
        const { client } = window;
        const stranger = client.request(client.bind('wl_compositor'), 'create_surface');
        client.request(child(0).subsurface, 'place_above', stranger);
      },
    ],
  ];
  for (const [what, code, breaks] of rules)
    it(`refuse ${what}`, async () => {
      breaks();
      await window.client.end();
      assert.equal(window.client.error?.code, code, window.client.error?.text);
    });
});

describe('pictures', () => {
  it('with alpha are blended, premultiplied', async () => {
    await shown(window.buffer(...size, 0xffffff));
    const { client } = window;
    const surface = client.request(client.bind('wl_compositor'), 'create_surface');
    client.request(client.bind('wl_subcompositor'), 'get_subsurface', surface, window.surface);
    attach(surface, window.buffer(10, 10, 0x80_40_00_00, true));
    await shown(window.buffer(...size, 0xffffff));
    assert.deepEqual([pixel(0, 0), pixel(10, 0)], [0xbf7f7f, 0xffffff]);
  });

  const corners = (x: number, y: number) => (x < 2 ? 0x100000 : 0x200000) + (y < 1 ? 0x1000 : 0x2000);
  // What is seen at the upper left, upper right, lower left, lower right of a picture of 4x2.
  const seen: Record<keyof typeof enums.wl_output.transform, number[]> = {
    normal: [0x101000, 0x201000, 0x102000, 0x202000],
    '90': [0x102000, 0x101000, 0x202000, 0x201000],
    '180': [0x202000, 0x102000, 0x201000, 0x101000],
    '270': [0x201000, 0x202000, 0x101000, 0x102000],
    flipped: [0x201000, 0x101000, 0x202000, 0x102000],
    flipped_90: [0x101000, 0x102000, 0x201000, 0x202000],
    flipped_180: [0x102000, 0x202000, 0x101000, 0x201000],
    flipped_270: [0x202000, 0x201000, 0x102000, 0x101000],
  };
  for (const [name, expected] of Object.entries(seen))
    it(`turned by ${name} are turned back`, async () => {
      const transform = enums.wl_output.transform[name as keyof typeof seen];
      window.client.request(window.surface, 'set_buffer_transform', transform);
      await shown(window.buffer(4, 2, corners));
      const [width, height] = transform % 2 === 1 ? [2, 4] : [4, 2];
      const [left, top] = [(size[0] - width) / 2, (size[1] - height) / 2];
      const points = [
        [0, 0],
        [width - 1, 0],
        [0, height - 1],
        [width - 1, height - 1],
      ] as const;
      assert.deepEqual(
        points.map(([x, y]) => pixel(left + x, top + y).toString(16)),
        expected.map((colour) => colour.toString(16)),
      );
    });

  it('of scale 2 take half the room; a viewport shows a part at another size', async () => {
    window.client.request(window.surface, 'set_buffer_scale', 2);
    await shown(window.buffer(40, 20, 0x123456));
    const lit = () => rig.pixels()?.reduce((sum, each) => sum + ((each & 0xffffff) === 0 ? 0 : 1), 0);
    assert.equal(lit(), 20 * 10);
    const viewport = window.client.request(window.client.bind('wp_viewporter'), 'get_viewport', window.surface);
    window.client.request(window.surface, 'set_buffer_scale', 1);
    window.client.request(viewport, 'set_source', 0, 0, 10, 10);
    window.client.request(viewport, 'set_destination', ...size);
    await shown(window.buffer(20, 10, (x) => (x < 10 ? 0x00ff00 : 0xff0000)));
    assert.equal(
      rig.pixels()?.every((each) => (each & 0xffffff) === 0x00ff00),
      true,
      'nothing beside the part is mixed in',
    );
  });

  it('a viewport outside of its buffer, or a second one of a surface, is refused', async () => {
    const { client, surface } = window;
    const viewport = client.request(client.bind('wp_viewporter'), 'get_viewport', surface);
    client.request(viewport, 'set_source', 5, 5, 10, 10);
    window.show(window.buffer(10, 10, 0));
    await client.end();
    assert.equal(client.error?.code, enums.wp_viewport.error.out_of_buffer);
  });
});

describe('presentation feedback', () => {
  const feedback = () => window.client.request(window.client.bind('wp_presentation'), 'feedback', window.surface);

  it('tells the flip’s own time, the refresh and no more than is so', async () => {
    const [output, told] = [window.client.bind('wl_output'), feedback()];
    window.show(window.buffer(...size, 0x111111));
    await rig.flipUntil(() => happened(told, 'presented'));
    const events = window.client.eventsOf(told);
    assert.deepEqual(events[0], ['sync_output', output]);
    const [, high, low, ns, refresh, , , flags] = events[1] as [string, ...number[]];
    assert.equal(high, 0);
    assert.ok(Math.abs((low ?? 0) * 1000 + (ns ?? 0) / 1e6 - performance.now()) < 3_600_000, 'CLOCK_MONOTONIC');
    assert.equal(refresh, Math.round(1e9 / rig.head.info.mode.refreshHz));
    assert.equal(flags, 0);
  });

  it('is discarded for a commit that was never seen', async () => {
    // Made before: a message with a descriptor is read by itself, and a refresh may come in between.
    const [one, other] = [0x111111, 0x222222].map((colour) => window.buffer(...size, colour));
    const first = feedback();
    window.show(one ?? 0);
    const second = feedback();
    window.show(other ?? 0);
    await rig.flipUntil(() => happened(second, 'presented'));
    assert.deepEqual(window.client.eventsOf(first), [['discarded']]);
  });
});
