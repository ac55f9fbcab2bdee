/** Clients that keep the screen on, and clients that hear that nobody uses it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HandClock } from '../support/loop-rig.js';
import { device, told } from '../support/seat-rig.js';
import { KioskRig, type Window } from './support/kiosk-rig.js';
import { windowOn } from './support/shell-client.js';

let rig: KioskRig;
let clock: HandClock;
let window: Window;
let size: [width: number, height: number];

beforeEach(async () => {
  clock = new HandClock();
  rig = await KioskRig.open({ clock });
  window = await rig.open();
  size = window.ack();
});

afterEach(async () => {
  window.close();
  await rig.close();
});

/** A notification after so many ms. */
function notified(ms: number, request = 'get_idle_notification'): number {
  const { client } = window;
  return client.request(client.bind('ext_idle_notifier_v1'), request, ms, client.bind('wl_seat'));
}

const inhibit = (surface: number) =>
  window.client.request(window.client.bind('zwp_idle_inhibit_manager_v1'), 'create_inhibitor', surface);

const use = () => {
  rig.kiosk.input({ kind: 'key', device, timeUs: 0, key: 30, pressed: true });
};

async function shown(callback: number): Promise<void> {
  await rig.flipUntil(() => window.client.eventsOf(callback).length > 0);
}

describe('ext_idle_notifier_v1', () => {
  it('tells that nobody has used the kiosk for so long, and that somebody does again', async () => {
    const notification = notified(1000);
    assert.deepEqual(await told(window.client, notification), []);
    clock.advance(1000);
    assert.deepEqual(await told(window.client, notification), ['idled']);
    rig.kiosk.input({ kind: 'device', added: true, device });
    assert.deepEqual(await told(window.client, notification), [], 'a device that is plugged in is nobody’s doing');
    use();
    assert.deepEqual(await told(window.client, notification), ['resumed']);
    clock.advance(1000);
    assert.deepEqual(await told(window.client, notification), ['idled']);
  });

  it('tells nothing of an object that has gone', async () => {
    const notification = notified(1000);
    window.client.request(notification, 'destroy');
    await window.client.roundtrip();
    clock.advance(1000);
    assert.deepEqual(await told(window.client, notification), []);
  });
});

describe('zwp_idle_inhibit_manager_v1', () => {
  it('holds back who heeds it, while its surface is seen', async () => {
    const [heeding, input] = [notified(1000), notified(1000, 'get_input_idle_notification')];
    const inhibitor = inhibit(window.surface);
    await window.client.roundtrip();
    assert.equal(rig.kiosk.idle.inhibited, false, 'it shows nothing yet');
    await shown(window.show(window.buffer(...size, 0x123456)));
    assert.equal(rig.kiosk.idle.inhibited, true);
    window.client.events.length = 0;
    clock.advance(1000);
    await window.client.roundtrip();
    assert.deepEqual(window.client.eventsOf(input), [['idled']]);
    assert.deepEqual(await told(window.client, heeding), []);
    window.client.request(inhibitor, 'destroy');
    await window.client.roundtrip();
    clock.advance(1000);
    assert.deepEqual(await told(window.client, heeding), ['idled']);
  });

  it('holds nothing back while another window hides its surface, nor when that has gone', async () => {
    inhibit(window.surface);
    await shown(window.show(window.buffer(...size, 0x123456)));
    const other = windowOn(window);
    window.client.request(other.surface, 'commit');
    await window.client.roundtrip();
    other.ack();
    await shown(other.show(...size, 0x654321));
    assert.equal(rig.kiosk.idle.inhibited, false);
    other.hide();
    await rig.flipUntil(() => rig.kiosk.idle.inhibited);
    window.client.request(window.toplevel, 'destroy');
    window.client.request(window.xdg, 'destroy');
    window.client.request(window.surface, 'destroy');
    await window.client.roundtrip();
    assert.equal(rig.kiosk.idle.inhibited, false, 'at once, also where the head shows no other frame');
  });
});
