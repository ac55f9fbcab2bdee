/** What clients may say and nothing comes of, and what they must not say even so. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { enums } from '../../src/wayland/index.js';
import { KioskRig, type Window } from './support/kiosk-rig.js';

let rig: KioskRig;
let window: Window;

beforeEach(async () => {
  rig = await KioskRig.open();
  window = await rig.open();
  window.ack();
});

afterEach(async () => {
  window.close();
  await rig.close();
});

async function fails(id: number, code: number): Promise<void> {
  await window.client.roundtrip();
  assert.deepEqual([window.client.error?.object, window.client.error?.code], [id, code], window.client.error?.text);
}

async function isFine(): Promise<void> {
  await window.client.roundtrip();
  assert.equal(window.client.error, undefined);
}

/** Those of which a surface has one: how it is made, and what it is told. */
const hints: readonly [manager: string, make: string, code: number, told: readonly [string, ...number[]][]][] = [
  [
    'wp_content_type_manager_v1',
    'get_surface_content_type',
    enums.wp_content_type_manager_v1.error.already_constructed,
    [['set_content_type', enums.wp_content_type_v1.type.video]],
  ],
  [
    'wp_tearing_control_manager_v1',
    'get_tearing_control',
    enums.wp_tearing_control_manager_v1.error.tearing_control_exists,
    [['set_presentation_hint', enums.wp_tearing_control_v1.presentation_hint.async]],
  ],
  [
    'zwp_keyboard_shortcuts_inhibit_manager_v1',
    'inhibit_shortcuts',
    enums.zwp_keyboard_shortcuts_inhibit_manager_v1.error.already_inhibited,
    [],
  ],
];

for (const [name, request, code, told] of hints)
  describe(name, () => {
    const seat = () => (request === 'inhibit_shortcuts' ? [window.client.bind('wl_seat')] : []);
    const make = (manager: number, surface = window.surface) =>
      window.client.request(manager, request, surface, ...seat());

    it('takes what it is told, and no second object of a surface', async () => {
      const manager = window.client.bind(name);
      const hint = make(manager);
      for (const [what, value] of told) window.client.request(hint, what, value ?? 0);
      await isFine();
      make(manager);
      await fails(manager, code);
    });

    it('takes another when the first has gone, and lets one outlive its surface', async () => {
      const manager = window.client.bind(name);
      window.client.request(make(manager), 'destroy');
      make(manager);
      const surface = window.client.request(window.client.bind('wl_compositor'), 'create_surface');
      const orphan = make(manager, surface);
      window.client.request(surface, 'destroy');
      for (const [what, value] of told) window.client.request(orphan, what, value ?? 0);
      window.client.request(orphan, 'destroy');
      window.client.request(manager, 'destroy');
      await isFine();
    });
  });

describe('zwp_keyboard_shortcuts_inhibitor_v1', () => {
  it('is active at once: all keys are its client’s', async () => {
    const { client } = window;
    const manager = client.bind('zwp_keyboard_shortcuts_inhibit_manager_v1');
    const inhibitor = client.request(manager, 'inhibit_shortcuts', window.surface, client.bind('wl_seat'));
    await client.roundtrip();
    assert.deepEqual(client.eventsOf(inhibitor), [['active']]);
  });
});

describe('xdg_system_bell_v1', () => {
  it('may be rung, for a window or for none', async () => {
    const bell = window.client.bind('xdg_system_bell_v1');
    for (const surface of [window.surface, 0]) window.client.request(bell, 'ring', surface);
    await isFine();
  });
});

describe('xdg_toplevel_icon_manager_v1', () => {
  const { invalid_buffer, immutable, no_buffer } = enums.xdg_toplevel_icon_v1.error;
  let manager: number;
  let icon: number;

  beforeEach(() => {
    manager = window.client.bind('xdg_toplevel_icon_manager_v1');
    icon = window.client.request(manager, 'create_icon');
  });

  const add = (buffer: number) => window.client.request(icon, 'add_buffer', buffer, 1);
  const set = () => window.client.request(manager, 'set_icon', window.toplevel, icon);

  it('likes no size better than another, and takes icons', async () => {
    window.client.request(icon, 'set_name', 'camera');
    const buffer = window.buffer(16, 16, 1);
    add(buffer);
    set();
    window.client.request(manager, 'set_icon', window.toplevel, 0);
    window.client.request(icon, 'destroy');
    window.client.request(buffer, 'destroy');
    await isFine();
    assert.deepEqual(window.client.eventsOf(manager), [['done']]);
  });

  it('forbids an icon that is no square', async () => {
    add(window.buffer(16, 15, 1));
    await fails(icon, invalid_buffer);
  });

  it('forbids an icon that is not in shared memory', async () => {
    const pixels = window.client.bind('wp_single_pixel_buffer_manager_v1');
    add(window.client.request(pixels, 'create_u32_rgba_buffer', 0, 0, 0, 0));
    await fails(icon, invalid_buffer);
  });

  const changes: readonly (readonly [string, () => void])[] = [
    ['another name', () => window.client.request(icon, 'set_name', 'other')],
    ['another picture', () => add(window.buffer(8, 8, 1))],
  ];
  for (const [what, change] of changes)
    it(`forbids ${what} of an icon that a window has`, async () => {
      set();
      change();
      await fails(icon, immutable);
    });

  for (const request of ['set_icon', 'destroy'])
    it(`forbids to end a picture before its icon, which is seen at ${request}`, async () => {
      const buffer = window.buffer(16, 16, 1);
      add(buffer);
      window.client.request(buffer, 'destroy');
      if (request === 'set_icon') set();
      else window.client.request(icon, 'destroy');
      await fails(icon, no_buffer);
    });
});
