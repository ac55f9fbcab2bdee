/** Text fields, as clients tell of them, and as an input method changes them. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Surface } from '../../src/kiosk/surface.js';
import { enums } from '../../src/wayland/index.js';
import { heard, SeatRig, told } from '../support/seat-rig.js';
import type { WireClient } from '../support/wayland-client.js';

const { change_cause, content_hint, content_purpose } = enums.zwp_text_input_v3;

let rig: SeatRig;
let client: WireClient;
let id: number;
let surface: Surface;
let input: number;

beforeEach(async () => {
  rig = new SeatRig();
  client = await rig.connect();
  const [placedId, placed] = await rig.place(client, 0, 0, 10, 10);
  [id, surface] = [placedId, placed.surface];
  input = inputOf(client);
  await client.roundtrip();
});

afterEach(() => {
  rig.close();
  assert.deepEqual(rig.faults, []);
});

const inputOf = (of: WireClient) =>
  of.request(of.bind('zwp_text_input_manager_v3'), 'get_text_input', of.bind('wl_seat'));

function focus(on: Surface | undefined): void {
  rig.focus = on;
  rig.seat.look();
}

const say = (request: string, ...values: (string | number)[]) => client.request(input, request, ...values);

/** Enabled and committed. */
async function enabled(): Promise<void> {
  focus(surface);
  say('enable');
  say('commit');
  await client.roundtrip();
  client.events.length = 0;
}

const enabledId = () => rig.seat.textInputs.enabled?.resource.id;
const field = () => rig.seat.textInputs.enabled?.field;

describe('zwp_text_input_v3', () => {
  it('enters the surface that is typed into, and leaves it, where there is no keyboard, too', async () => {
    focus(surface);
    assert.deepEqual(await heard(client, input), [['enter', id]]);
    focus(undefined);
    assert.deepEqual(await heard(client, input), [['leave', id]]);
  });

  it('enters after the keyboard has, for foot warns of the other order', async () => {
    const keyboard = client.request(client.bind('wl_seat'), 'get_keyboard');
    rig.plug(true);
    await client.roundtrip();
    client.events.length = 0;
    focus(surface);
    await client.roundtrip();
    const entered = client.events.filter(({ name }) => name === 'enter').map((event) => event.id);
    assert.deepEqual(entered, [keyboard, input]);
  });

  it('leaves one surface before it enters the next of the same client', async () => {
    const [otherId, other] = await rig.place(client, 0, 0, 10, 10);
    focus(surface);
    await told(client, input);
    focus(other.surface);
    assert.deepEqual(await heard(client, input), [
      ['leave', id],
      ['enter', otherId],
    ]);
  });

  it('is told by each of a client’s objects, also one that is made later, and by no other client’s', async () => {
    const other = await rig.connect();
    const theirs = inputOf(other);
    await other.roundtrip();
    focus(surface);
    const later = inputOf(client);
    await client.roundtrip();
    for (const each of [input, later]) assert.deepEqual(client.eventsOf(each), [['enter', id]]);
    assert.deepEqual(await told(other, theirs), []);
  });

  it('applies what it says with its commit, and not before', async () => {
    focus(surface);
    say('enable');
    say('set_surrounding_text', 'naïve', 6, 0);
    say('set_text_change_cause', change_cause.other);
    say('set_content_type', content_hint.spellcheck, content_purpose.email);
    say('set_cursor_rectangle', 1, 2, 3, 4);
    await client.roundtrip();
    assert.equal(field(), undefined);
    say('commit');
    await client.roundtrip();
    assert.deepEqual(field(), {
      surrounding: { text: 'naïve', cursor: 6, anchor: 0 },
      cause: change_cause.other,
      hint: content_hint.spellcheck,
      purpose: content_purpose.email,
      rectangle: { x: 1, y: 2, width: 3, height: 4 },
    });
  });

  it('keeps what it has said but for the cause, until it is enabled anew', async () => {
    await enabled();
    say('set_content_type', content_hint.latin, content_purpose.url);
    say('set_text_change_cause', change_cause.other);
    say('commit');
    say('set_surrounding_text', 'x', 1, 1);
    say('commit');
    await client.roundtrip();
    const { purpose, cause, surrounding } = field() ?? {};
    assert.deepEqual([purpose, cause, surrounding?.text], [content_purpose.url, change_cause.input_method, 'x']);
    say('set_surrounding_text', 'forgotten', 0, 0);
    say('enable');
    say('commit');
    await client.roundtrip();
    assert.deepEqual([field()?.purpose, field()?.surrounding], [content_purpose.normal, undefined]);
  });

  it('is disabled when it asks, when it loses the focus and when it goes', async () => {
    const ends: Record<string, () => unknown> = {
      asks: () => [say('disable'), say('commit')],
      focus: () => {
        focus(undefined);
      },
      gone: () => say('destroy'),
    };
    for (const end of Object.values(ends)) {
      await enabled();
      assert.notEqual(field(), undefined);
      end();
      await client.roundtrip();
      assert.equal(field(), undefined);
    }
  });

  it('is disabled when its surface goes', async () => {
    await enabled();
    client.request(id, 'destroy');
    await client.roundtrip();
    focus(undefined);
    assert.equal(field(), undefined);
  });

  it('is not heard between a leave and the next enter', async () => {
    say('enable');
    say('commit');
    say('enable');
    await client.roundtrip();
    focus(surface);
    say('commit');
    await client.roundtrip();
    assert.equal(field(), undefined);
  });

  it('is not enabled while another one of the seat is', async () => {
    await enabled();
    const second = inputOf(client);
    for (const request of ['enable', 'commit']) client.request(second, request);
    await client.roundtrip();
    assert.equal(enabledId(), input);
    say('disable');
    say('commit');
    for (const request of ['enable', 'commit']) client.request(second, request);
    await client.roundtrip();
    assert.equal(enabledId(), second);
  });

  it('is told what an input method makes of the field, with the number of its commits', async () => {
    await enabled();
    const { enabled: target } = rig.seat.textInputs;
    target?.change({ remove: { before: 2, after: 1 }, commit: 'é', preedit: { text: 'ab', from: 1, to: 2 } });
    assert.deepEqual(await heard(client, input), [
      ['preedit_string', 'ab', 1, 2],
      ['delete_surrounding_text', 2, 1],
      ['commit_string', 'é'],
      ['done', 1],
    ]);
    say('commit');
    await client.roundtrip();
    target?.change({});
    assert.deepEqual(await heard(client, input), [['done', 2]]);
  });
});
