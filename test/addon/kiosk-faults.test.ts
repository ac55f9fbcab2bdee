/** A kiosk whose display fails, and clients that go on: on the real libwayland and a fake machine. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import type { GuestheadError } from '../../src/errors.js';
import { HandClock } from '../support/loop-rig.js';
import { KioskRig, type Window } from './support/kiosk-rig.js';

let rig: KioskRig;
const windows: Window[] = [];
const faults: unknown[] = [];

afterEach(async () => {
  for (const window of windows.splice(0)) window.close();
  faults.length = 0;
  await rig.close();
});

async function begin(...given: Parameters<typeof KioskRig.open>): Promise<void> {
  rig = await KioskRig.open(...given);
  rig.kiosk.faults$.subscribe(({ error }) => faults.push(error));
}

async function open(): Promise<Window> {
  const window = await rig.open();
  windows.push(window);
  return window;
}

const codes = () => faults.map((fault) => (fault as GuestheadError).code);
const answered = (window: Window, callback: number) => window.client.eventsOf(callback).length > 0;

/** Two buffers in turn, so that they come to the display as they are. */
async function showInTurn(window: Window, buffers: readonly number[], times = 1): Promise<void> {
  for (let time = 0; time < times; time++)
    for (const buffer of buffers) {
      const callback = window.show(buffer);
      await rig.flipUntil(() => answered(window, callback));
    }
}

/** Of the picture on the screen. */
const shown = () => rig.pixelAt(0, 0);

describe('a kiosk whose device is unbound and bound again', () => {
  for (const role of ['display', 'render'] as const)
    it(`goes on where that was asked for: the client keeps its connection, and its buffers go to the ${role === 'display' ? 'new display' : 'screen'} as they are`, async () => {
      await begin({}, [], undefined, { reopen: true });
      const window = await open();
      const size = window.ack();
      const buffers = [window.buffer(...size, 0x111111), window.buffer(...size, 0x222222)];
      await showInTurn(window, buffers, 2);
      assert.equal(rig.kiosk.counts.direct, 2);
      for (let round = 1; round <= 2; round++) {
        await rig.kernel.unplug(role);
        const late = window.show(buffers[0]!);
        await window.client.roundtrip();
        await rig.kernel.plug(role);
        await rig.flipUntil(() => answered(window, late));
        const before: number = rig.kiosk.counts.direct;
        await showInTurn(window, buffers, 2);
        assert.equal(rig.kiosk.counts.direct, before + 4);
        assert.equal(shown(), 0x222222);
      }
      assert.equal(window.client.gone, false);
      assert.deepEqual([...new Set(codes())], ['ERR_DEVICE_LOST']);
    });

  it('tells that its heads are lost where it was not, and not more', async () => {
    await begin();
    const window = await open();
    await rig.fill(window, 0x111111);
    const states: string[] = [];
    rig.kiosk.outputs$.subscribe(({ state }) => states.push(state.kind));
    await rig.kernel.unplug('display');
    await window.client.roundtrip();
    assert.deepEqual(states, ['on', 'lost']);
    assert.deepEqual(codes(), ['ERR_DEVICE_LOST']);
    assert.equal(window.client.gone, false, 'whoever runs the kiosk ends it');
  });
});

describe('a kiosk whose display another process takes', () => {
  it('tells so once, lets its client go on slowly, and shows it again when it is given back', async () => {
    await begin();
    const window = await open();
    const size = window.ack();
    await rig.fill(window, 0x111111, size);
    rig.kernel.takeMaster();
    const refused = window.show(window.buffer(...size, 0x222222));
    await window.client.roundtrip();
    await rig.kernel.flip();
    while (!answered(window, refused)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await window.client.roundtrip();
    }
    assert.deepEqual(codes(), ['ERR_NOT_MASTER']);
    assert.equal(shown(), 0x111111);
    rig.kernel.dropMaster();
    await rig.flipUntil(() => shown() === 0x222222);
    await rig.fill(window, 0x333333, size);
    assert.equal(shown(), 0x333333);
  });
});

describe('a kiosk whose host resizes the head', () => {
  it('in the middle of a frame goes on with a client that never agrees to the new size, and with one that does', async () => {
    const clock = new HandClock();
    await begin({ clock });
    const [deaf, other] = [await open(), await open()];
    const size = deaf.ack();
    await rig.fill(deaf, 0x111111, size);
    const underWay = deaf.show(deaf.buffer(...size, 0x222222));
    await deaf.client.roundtrip();
    await rig.kernel.setModes([{ width: 320, height: 200 }]);
    await rig.flipUntil(() => answered(deaf, underWay));
    const { mode } = rig.head.info;
    assert.deepEqual([mode.width, mode.height], [320, 200]);
    // It goes on in the old size, of which the middle is seen.
    for (const colour of [0x333333, 0x444444]) {
      const callback = deaf.show(deaf.buffer(...size, colour));
      await rig.flipUntil(() => answered(deaf, callback));
      assert.equal(rig.pixelAt(160, 100), colour);
    }
    await other.client.roundtrip();
    assert.deepEqual(other.ack(), [320, 200]);
    await rig.fill(other, 0x555555, [320, 200]);
    assert.equal(shown(), 0x555555);
    assert.equal(deaf.client.gone, false);
  });
});

describe('a kiosk whose host refuses what it is shown', () => {
  it('in the middle of a run draws what it showed as it was before, and its clients’ frames go on', async () => {
    await begin();
    const window = await open();
    const size = window.ack();
    const buffers = [window.buffer(...size, 0x111111), window.buffer(...size, 0x222222)];
    await showInTurn(window, buffers, 2);
    const { direct } = rig.kiosk.counts;
    rig.wrapping.failure = new Error('Cannot allocate memory');
    const others = [window.buffer(...size, 0x333333), window.buffer(...size, 0x444444)];
    await showInTurn(window, others, 3);
    assert.equal(rig.kiosk.counts.direct, direct);
    assert.equal(rig.kiosk.counts.drawn['Cannot allocate memory'], 4);
    assert.equal(shown(), 0x444444);
    await showInTurn(window, buffers, 1);
    assert.equal(rig.kiosk.counts.direct, direct + 2, 'what was imported before is still shown as it is');
  });

  it('by an import that the kernel refuses, too', async () => {
    await begin();
    const window = await open();
    const size = window.ack();
    rig.kernel.fail('primeFdToHandle', constants.errno.EINVAL, { times: Infinity });
    const buffers = [window.buffer(...size, 0x111111), window.buffer(...size, 0x222222)];
    await showInTurn(window, buffers, 3);
    assert.equal(rig.kiosk.counts.direct, 0);
    assert.equal(shown(), 0x222222);
    const reasons = Object.keys(rig.kiosk.counts.drawn).filter((why) => why.includes('refused the buffer'));
    assert.equal(reasons.length, 1, JSON.stringify(rig.kiosk.counts.drawn));
  });
});

describe('a client that is stopped', () => {
  it('is told of once, its last picture stays, and another one’s frames go on; when it goes on itself, so does it', async () => {
    const clock = new HandClock();
    await begin({ clock });
    let hung = 0;
    rig.kiosk.hung$.subscribe(() => hung++);
    const stopped = await open();
    const size = stopped.ack();
    await rig.fill(stopped, 0x111111, size);
    for (let second = 0; second < 60; second++) clock.advance(1000);
    assert.equal(hung, 1);
    assert.match(String(faults), /has not answered a ping for ten seconds/);
    assert.equal(shown(), 0x111111);
    const other = await open();
    await rig.fill(other, 0x222222);
    assert.equal(shown(), 0x222222);
    windows.pop()?.close();
    await rig.flipUntil(() => shown() === 0x111111);
    for (const { id, name, values } of [...stopped.client.events])
      if (name === 'ping') stopped.client.request(id, 'pong', values[0] as number);
    await stopped.client.roundtrip();
    await rig.fill(stopped, 0x333333, size);
    assert.equal(shown(), 0x333333);
    assert.equal(hung, 1);
  });
});
