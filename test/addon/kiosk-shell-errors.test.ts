/** What xdg-shell and xdg-decoration forbid, and the error that each is answered with. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { enums } from '../../src/wayland/index.js';
import { KioskRig, type Window } from './support/kiosk-rig.js';
import { Popup, windowOn } from './support/shell-client.js';

let rig: KioskRig;

before(async () => {
  rig = await KioskRig.open();
});

after(() => rig.close());

const { xdg_wm_base, xdg_surface, xdg_toplevel, xdg_popup, xdg_positioner, zxdg_toplevel_decoration_v1 } = enums;
const rect = [0, 0, 10, 10] as const;
const hanging = { rect, anchor: xdg_positioner.anchor.bottom_right };

const newXdg = ({ client }: Window) => {
  const surface = client.request(client.bind('wl_compositor'), 'create_surface');
  return client.request(client.bind('xdg_wm_base'), 'get_xdg_surface', surface);
};
const newPositioner = ({ client }: Window) => client.request(client.bind('xdg_wm_base'), 'create_positioner');
const decorate = ({ client }: Window, toplevel: number) =>
  client.request(client.bind('zxdg_decoration_manager_v1'), 'get_toplevel_decoration', toplevel);

type Breaks = (window: Window) => void;

/** Of a window that was told its size and shows nothing yet. */
const rules: readonly [what: string, code: number, breaks: Breaks][] = [
  [
    'a positioner of no size',
    xdg_positioner.error.invalid_input,
    (window) => window.client.request(newPositioner(window), 'set_size', 0, 5),
  ],
  [
    'an anchor rectangle of a negative size',
    xdg_positioner.error.invalid_input,
    (window) => window.client.request(newPositioner(window), 'set_anchor_rect', 0, 0, -1, 5),
  ],
  [
    'an anchor that is none',
    xdg_positioner.error.invalid_input,
    (window) => window.client.request(newPositioner(window), 'set_anchor', 9),
  ],
  [
    'a gravity that is none',
    xdg_positioner.error.invalid_input,
    (window) => window.client.request(newPositioner(window), 'set_gravity', 9),
  ],
  [
    'a popup by a positioner that is not complete',
    xdg_wm_base.error.invalid_positioner,
    (window) => window.client.request(newXdg(window), 'get_popup', window.xdg, newPositioner(window)),
  ],
  [
    'a popup on what is no window',
    xdg_wm_base.error.invalid_popup_parent,
    (window) => new Popup(window, newXdg(window), hanging),
  ],
  ['a popup without a parent', xdg_wm_base.error.invalid_popup_parent, (window) => new Popup(window, 0, hanging)],
  [
    'a popup ended below another',
    xdg_wm_base.error.not_the_topmost_popup,
    (window) => {
      const below = new Popup(window, window.xdg, hanging);
      new Popup(window, below.xdg, hanging);
      window.client.request(below.popup, 'destroy');
    },
  ],
  [
    'a grab on a popup that has none',
    xdg_popup.error.invalid_grab,
    (window) => new Popup(window, new Popup(window, window.xdg, hanging).xdg, { ...hanging, grab: 0 }),
  ],
  [
    'a window below itself',
    xdg_toplevel.error.invalid_parent,
    ({ client, toplevel }) => client.request(toplevel, 'set_parent', toplevel),
  ],
  [
    'a size below 0',
    xdg_toplevel.error.invalid_size,
    ({ client, toplevel }) => client.request(toplevel, 'set_max_size', -1, 0),
  ],
  [
    'a least size above the greatest',
    xdg_toplevel.error.invalid_size,
    ({ client, toplevel, surface }) => {
      client.request(toplevel, 'set_max_size', 100, 0);
      client.request(toplevel, 'set_min_size', 101, 0);
      client.request(surface, 'commit');
    },
  ],
  [
    'an edge that is none',
    xdg_toplevel.error.invalid_resize_edge,
    ({ client, toplevel }) => client.request(toplevel, 'resize', client.bind('wl_seat'), 1, 3),
  ],
  [
    'a window geometry of no size',
    xdg_surface.error.invalid_size,
    ({ client, xdg }) => client.request(xdg, 'set_window_geometry', 0, 0, 0, 10),
  ],
  [
    'a window geometry of no window',
    xdg_surface.error.not_constructed,
    (window) => window.client.request(newXdg(window), 'set_window_geometry', 0, 0, 10, 10),
  ],
  [
    'an xdg_surface ended before its window',
    xdg_surface.error.defunct_role_object,
    ({ client, xdg }) => client.request(xdg, 'destroy'),
  ],
  [
    'a popup of what was a window',
    xdg_wm_base.error.role,
    (window) => {
      const { client, toplevel, xdg } = window;
      const base = windowOn(window);
      client.request(toplevel, 'destroy');
      client.request(xdg, 'get_popup', base.xdg, new Popup(window, base.xdg, hanging).positioner(rect, 0));
    },
  ],
  [
    'a decoration too many',
    zxdg_toplevel_decoration_v1.error.already_constructed,
    (window) => {
      decorate(window, window.toplevel);
      decorate(window, window.toplevel);
    },
  ],
  [
    'a window ended before its decoration',
    zxdg_toplevel_decoration_v1.error.orphaned,
    (window) => {
      decorate(window, window.toplevel);
      window.client.request(window.toplevel, 'destroy');
    },
  ],
  [
    'a decoration that is none',
    zxdg_toplevel_decoration_v1.error.invalid_mode,
    (window) => window.client.request(decorate(window, window.toplevel), 'set_mode', 3),
  ],
  [
    'a decoration of a window that shows something',
    zxdg_toplevel_decoration_v1.error.unconfigured_buffer,
    (window) => {
      window.ack();
      window.show(window.buffer(8, 8, 0));
      decorate(window, window.toplevel);
    },
  ],
];

describe('a client that breaks a rule of windows and popups is told which, and ended', () => {
  for (const [what, code, breaks] of rules)
    it(what, async () => {
      const window = await rig.open();
      breaks(window);
      await window.client.end();
      assert.equal(window.client.error?.code, code, window.client.error?.text);
      window.close();
    });

  it('while others go on', async () => {
    const window = await rig.open();
    assert.equal(window.client.gone, false);
    window.close();
  });
});

describe('a window may be made again of what was one', () => {
  it('with its size agreed on anew', async () => {
    const window = await rig.open();
    const { client, toplevel, xdg, surface } = window;
    client.request(toplevel, 'destroy');
    const again = client.request(xdg, 'get_toplevel');
    client.request(surface, 'commit');
    await client.roundtrip();
    assert.equal(client.error, undefined);
    assert.ok(client.eventsOf(again).some(([name]) => name === 'configure'));
    window.close();
  });
});
