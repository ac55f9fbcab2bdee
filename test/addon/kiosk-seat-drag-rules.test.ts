/** Dragging and dropping on the real libwayland: between versions, and against the rules. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { enums } from '../../src/wayland/index.js';
import { actionsOf, DragRig, namesOf } from '../support/drag-rig.js';

const { copy, move } = enums.wl_data_device_manager.dnd_action;

let rig: DragRig;

beforeEach(async () => {
  rig = await DragRig.open();
});

afterEach(() => {
  rig.close();
  assert.deepEqual(rig.faults, []);
});

describe('a drag between versions', () => {
  for (const [fromVersion, toVersion] of [
    [1, 3],
    [2, 2],
    [3, 1],
  ] as const)
    it(`from ${fromVersion} to ${toVersion} copies`, async () => {
      rig.release();
      await rig.prepare(fromVersion, toVersion);
      await rig.start();
      const offer = await rig.enter();
      if (toVersion >= 3) rig.to.client.request(offer, 'set_actions', copy | move, move);
      await rig.accept(offer);
      rig.release();
      await rig.to.sync();
      assert.equal(namesOf(rig.to, rig.to.device).at(-1), 'drop');
      if (toVersion >= 3) rig.to.client.request(offer, 'finish');
      rig.to.client.request(offer, 'destroy');
      await rig.to.sync();
      const heardByNewer = ['target', 'dnd_drop_performed', 'dnd_finished'];
      assert.deepEqual(await rig.sourceHeard(), fromVersion >= 3 ? heardByNewer : ['target']);
      assert.deepEqual(actionsOf(rig.from, rig.source), fromVersion >= 3 ? [copy] : []);
    });
});

describe('a client that breaks a rule of dragging is told which', () => {
  const { wl_data_offer, wl_data_device } = enums;
  const offerRules: [what: string, code: number, breaks: (offer: number) => void][] = [
    [
      'actions that are none',
      wl_data_offer.error.invalid_action_mask,
      (o) => rig.to.client.request(o, 'set_actions', 8, 0),
    ],
    ['two preferences', wl_data_offer.error.invalid_action, (o) => rig.to.client.request(o, 'set_actions', 3, 3)],
    [
      'a preference it cannot do',
      wl_data_offer.error.invalid_action,
      (o) => rig.to.client.request(o, 'set_actions', 1, 2),
    ],
    ['an end before the drop', wl_data_offer.error.invalid_finish, (o) => rig.to.client.request(o, 'finish')],
    [
      'a word after the end',
      wl_data_offer.error.invalid_offer,
      (o) => {
        rig.to.client.request(o, 'finish');
        rig.to.client.request(o, 'accept', 1, null);
      },
    ],
    [
      'an end of what it does not accept any more',
      wl_data_offer.error.invalid_finish,
      (o) => {
        rig.to.client.request(o, 'accept', 1, null);
        rig.to.client.request(o, 'finish');
      },
    ],
  ];
  for (const [what, code, breaks] of offerRules)
    it(what, async () => {
      await rig.start();
      const offer = await rig.enter();
      await rig.want(offer);
      if (!what.includes('before')) rig.release();
      breaks(offer);
      await rig.to.client.end();
      assert.equal(rig.to.client.error?.code, code, rig.to.client.error?.text);
    });

  it('an icon with another role', async () => {
    const icon = rig.from.client.request(rig.from.client.bind('wl_compositor'), 'create_surface');
    rig.from.client.request(rig.from.pointer, 'set_cursor', 0, icon, 0, 0);
    await rig.start(rig.serial, rig.source, icon);
    await rig.from.client.end();
    assert.equal(rig.from.client.error?.code, wl_data_device.error.role);
  });

  it('a source that is used twice', async () => {
    await rig.start();
    rig.from.select(rig.source);
    await rig.from.client.end();
    assert.equal(rig.from.client.error?.code, wl_data_device.error.used_source);
  });
});
