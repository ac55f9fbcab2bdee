/** Dragging and dropping on the real libwayland. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { enums } from '../../src/wayland/index.js';
import { actionsOf, DragRig, lastSerial, mimeType, namesOf } from '../support/drag-rig.js';

const { none, copy, move, ask } = enums.wl_data_device_manager.dnd_action;

let rig: DragRig;

beforeEach(async () => {
  rig = await DragRig.open();
});

afterEach(() => {
  rig.close();
  assert.deepEqual(rig.faults, []);
});

describe('a drag', () => {
  it('goes over surfaces: enter, motion and leave, while the pointer is nobody’s', async () => {
    await rig.start();
    rig.carry(150, 20);
    rig.carry(160, 20);
    rig.carry(500, 500);
    await rig.to.sync();
    const events = rig.to.client.eventsOf(rig.to.device);
    assert.deepEqual(namesOf(rig.to, rig.to.device), ['data_offer', 'enter', 'motion', 'leave']);
    assert.deepEqual(events[1]?.slice(3, 5), [50, 20]);
    assert.deepEqual(events[2]?.slice(2), [60, 20]);
    const offer = events[0]?.[1] as number;
    assert.deepEqual(rig.to.client.eventsOf(offer), [
      ['offer', mimeType],
      ['source_actions', copy | move],
    ]);
    assert.deepEqual(namesOf(rig.to, rig.to.pointer), []);
    assert.equal(namesOf(rig.from, rig.from.pointer).at(-2), 'leave');
  });

  it('is dropped, with what both agreed on, and finished', async () => {
    await rig.start();
    const offer = await rig.enter();
    rig.to.client.request(offer, 'set_actions', copy | move | ask, move);
    await rig.accept(offer);
    rig.release();
    await rig.to.sync();
    assert.equal(namesOf(rig.to, rig.to.device).at(-1), 'drop');
    assert.deepEqual(actionsOf(rig.to, offer), [move]);
    rig.to.client.request(offer, 'finish');
    rig.to.client.request(offer, 'destroy');
    await rig.to.sync();
    assert.deepEqual(await rig.sourceHeard(), ['target', 'dnd_drop_performed', 'dnd_finished']);
    assert.deepEqual(actionsOf(rig.from, rig.source), [move]);
    assert.equal(namesOf(rig.to, rig.to.pointer)[0], 'enter', 'the pointer is the surfaces’ again');
  });

  it('takes the first action of both where the destination prefers none of them', async () => {
    await rig.start();
    const offer = await rig.enter();
    rig.to.client.request(offer, 'set_actions', move | ask, ask);
    rig.to.client.request(offer, 'set_actions', copy | move | ask, none);
    rig.to.client.request(offer, 'set_actions', ask, ask);
    await rig.to.sync();
    assert.deepEqual(actionsOf(rig.to, offer), [move, copy, none]);
  });

  for (const [what, act] of [
    ['nothing was accepted', (offer: number) => rig.to.client.request(offer, 'set_actions', copy, copy)],
    ['no action was agreed on', (offer: number) => rig.to.client.request(offer, 'accept', 1, mimeType)],
    [
      'it was accepted no more',
      (offer: number) => {
        rig.to.client.request(offer, 'set_actions', copy, copy);
        rig.to.client.request(offer, 'accept', 1, mimeType);
        rig.to.client.request(offer, 'accept', 1, null);
      },
    ],
    [
      'the offer was destroyed',
      (offer: number) => {
        rig.to.client.request(offer, 'set_actions', copy, copy);
        rig.to.client.request(offer, 'accept', 1, mimeType);
        rig.to.client.request(offer, 'destroy');
      },
    ],
  ] as const)
    it(`comes to nothing where ${what}`, async () => {
      await rig.start();
      act(await rig.enter());
      await rig.to.sync();
      rig.release();
      await rig.to.sync();
      assert.equal(namesOf(rig.to, rig.to.device).at(-1), 'leave');
      assert.equal((await rig.sourceHeard()).at(-1), 'cancelled');
    });

  it('comes to nothing over nobody', async () => {
    await rig.start();
    rig.carry(500, 500);
    rig.release();
    assert.deepEqual(await rig.sourceHeard(), ['cancelled']);
  });

  it('lets the destination ask, and decide after the drop', async () => {
    rig.release();
    await rig.prepare(3, 3, copy | move | ask);
    await rig.start();
    const offer = await rig.enter();
    rig.to.client.request(offer, 'set_actions', copy | ask, ask);
    await rig.accept(offer);
    rig.release();
    rig.to.client.request(offer, 'set_actions', copy, copy);
    rig.to.client.request(offer, 'finish');
    await rig.to.sync();
    assert.deepEqual(actionsOf(rig.to, offer), [ask]);
    assert.deepEqual(await rig.sourceHeard(), ['target', 'dnd_drop_performed', 'dnd_finished']);
    assert.deepEqual(actionsOf(rig.from, rig.source), [ask, copy]);
  });

  it('is cancelled where the destination goes after the drop without having finished', async () => {
    await rig.start();
    const offer = await rig.enter();
    await rig.want(offer);
    rig.release();
    rig.to.client.close();
    while ((await rig.sourceHeard()).at(-1) !== 'cancelled');
  });

  it('ends where its source goes, and the pointer comes back with the button', async () => {
    await rig.start();
    rig.carry(150, 20);
    await rig.to.sync();
    rig.from.client.request(rig.source, 'destroy');
    await rig.from.sync();
    await rig.to.sync();
    assert.deepEqual(namesOf(rig.to, rig.to.device), ['data_offer', 'enter', 'leave']);
    assert.deepEqual(namesOf(rig.to, rig.to.pointer), []);
    rig.release();
    await rig.to.sync();
    assert.deepEqual(namesOf(rig.to, rig.to.pointer), ['enter', 'frame']);
  });

  it('ends where its client goes', async () => {
    await rig.start();
    rig.carry(150, 20);
    rig.from.client.close();
    while (namesOf(rig.to, rig.to.device).at(-1) !== 'leave') await rig.to.sync();
    rig.release();
    rig.carry(160, 20);
    await rig.to.sync();
    assert.equal(namesOf(rig.to, rig.to.pointer)[0], 'enter');
  });

  it('goes on where the destination goes under it', async () => {
    await rig.start();
    rig.carry(150, 20);
    rig.to.client.close();
    while (rig.placed.length > 1) await rig.from.sync();
    rig.carry(50, 60);
    rig.release();
    assert.deepEqual(await rig.sourceHeard(), ['cancelled']);
    assert.equal(namesOf(rig.from, rig.from.device).includes('enter'), true);
  });

  it('without a source is the client’s own affair', async () => {
    await rig.start(rig.serial, null);
    rig.carry(150, 20);
    rig.carry(60, 60);
    rig.release();
    await rig.from.sync();
    await rig.to.sync();
    assert.deepEqual(namesOf(rig.to, rig.to.device), []);
    const [enter] = rig.from.client.eventsOf(rig.from.device);
    assert.deepEqual([enter?.[0], enter?.[5]], ['enter', 0]);
    assert.deepEqual(namesOf(rig.from, rig.from.device), ['enter', 'leave', 'enter', 'drop']);
  });

  it('needs the button that was pressed in its client, and still is', async () => {
    const begins = async (by: number) => {
      const mine = rig.from.source(mimeType);
      await rig.start(by, mine);
      await rig.from.sync();
      return namesOf(rig.from, mine).length === 0;
    };
    assert.equal(await begins(0), false);
    assert.equal(await begins(rig.serial + 1), false);
    rig.release();
    assert.equal(await begins(rig.serial), false);
    rig.carry(150, 20);
    rig.press();
    await rig.to.sync();
    const theirs = lastSerial(rig.to, rig.to.pointer, 'button');
    assert.equal(await begins(theirs), false);
  });

  it('is one at a time', async () => {
    await rig.start();
    const second = rig.from.source(mimeType);
    await rig.start(rig.serial, second);
    await rig.from.sync();
    assert.deepEqual(namesOf(rig.from, second), ['cancelled']);
    assert.deepEqual(await rig.sourceHeard(), []);
  });

  it('goes with a finger, which its surface hears of no more', async () => {
    rig.release();
    rig.touch('touch-down', 0, 40, 40);
    rig.touchFrame();
    await rig.from.sync();
    const [down] = rig.from.client.eventsOf(rig.from.touch);
    await rig.start(down?.[1] as number);
    rig.touch('touch-motion', 0, 150, 20);
    rig.touchFrame();
    rig.flip();
    const offer = await rig.enter();
    await rig.want(offer);
    rig.lift(0);
    rig.touchFrame();
    assert.deepEqual(await rig.sourceHeard(), ['target', 'dnd_drop_performed']);
    assert.deepEqual(namesOf(rig.from, rig.from.touch), ['down', 'frame']);
  });

  it('ends where the finger is cancelled, or the pointer unplugged', async () => {
    await rig.start();
    rig.plug(false);
    assert.deepEqual(await rig.sourceHeard(), ['cancelled']);
  });

  it('carries a surface with it', async () => {
    const icon = rig.from.client.request(rig.from.client.bind('wl_compositor'), 'create_surface');
    await rig.start(rig.serial, rig.source, icon);
    rig.carry(150, 20);
    const carried = rig.seat.dragIcon;
    assert.deepEqual([carried?.surface.resource.id, carried?.x, carried?.y], [icon, 150, 20]);
    rig.release();
    assert.equal(rig.seat.dragIcon, undefined);
  });

  it('lets who drags choose the cursor', async () => {
    await rig.start();
    rig.carry(150, 20);
    assert.notEqual(rig.sink.image, undefined);
    for (const [client, shown] of [
      [rig.to, true],
      [rig.from, false],
    ] as const) {
      const enter = lastSerial(rig.from, rig.from.pointer, 'enter');
      client.client.request(client.pointer, 'set_cursor', enter, null, 0, 0);
      await client.sync();
      assert.equal(rig.sink.image !== undefined, shown);
    }
  });
});
