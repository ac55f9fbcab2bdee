/** The clipboard and the primary selection on the real libwayland: who may fill them, and who is offered what. */
import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { enums } from '../../src/wayland/index.js';
import { DataClient, kinds } from '../support/data-client.js';
import { SeatRig } from '../support/seat-rig.js';
import { memoryFile, openDescriptors } from './support/descriptors.js';

let rig: SeatRig;

beforeEach(() => {
  rig = new SeatRig();
  rig.plug(true);
});

afterEach(() => {
  rig.close();
  assert.deepEqual(rig.faults, []);
});

for (const kind of kinds)
  describe(kind === 'wl_data' ? 'the clipboard' : 'the primary selection', () => {
    const opened = () => DataClient.open(rig, kind);

    it('is offered to the client that is typed into, before that hears of it, and to the next one', async () => {
      const [copying, pasting] = [await opened(), await opened()];
      await copying.focus();
      const source = copying.source('text/plain', 'text/html');
      copying.select(source);
      await copying.sync();
      assert.deepEqual(await copying.offered(), ['text/plain', 'text/html']);
      await pasting.focus();
      assert.deepEqual(await pasting.offered(), ['text/plain', 'text/html']);
      const names = pasting.client.events.map(({ name }) => name);
      assert.ok(names.indexOf('selection') < names.indexOf('enter'));
    });

    it('is offered to each device of the client, also to one that is made later', async () => {
      const client = await opened();
      await client.focus();
      client.select(client.source('a'));
      const second = client.newDevice();
      await client.sync();
      for (const device of [client.device, second]) assert.equal(client.selections(device).filter(Boolean).length, 1);
    });

    it('goes from the source to who asks for it, and leaves no descriptor open in any case', async () => {
      const [copying, pasting] = [await opened(), await opened()];
      await copying.focus();
      const source = copying.source('text/plain');
      copying.select(source);
      await copying.sync();
      await pasting.focus();
      const offer = pasting.offer()!;
      const fd = memoryFile(1);
      const before = openDescriptors();
      pasting.receive(offer, 'text/plain', fd);
      pasting.receive(offer, 'image/png', fd);
      await pasting.sync();
      await copying.sync();
      assert.deepEqual(copying.client.eventsOf(source), [['send', 'text/plain', undefined]]);
      copying.client.request(source, 'destroy');
      await copying.sync();
      pasting.receive(offer, 'text/plain', fd);
      await pasting.sync();
      assert.equal(openDescriptors(), before);
      assert.equal(pasting.offer(), undefined);
      closeSync(fd);
    });

    it('is nothing to who is not typed into any more', async () => {
      const [copying, pasting] = [await opened(), await opened()];
      await copying.focus();
      const source = copying.source('text/plain');
      copying.select(source);
      await copying.sync();
      await pasting.focus();
      const offer = pasting.offer()!;
      await copying.focus();
      const fd = memoryFile(1);
      const before = openDescriptors();
      pasting.receive(offer, 'text/plain', fd);
      await pasting.sync();
      await copying.sync();
      assert.deepEqual(copying.client.eventsOf(source), []);
      assert.equal(openDescriptors(), before);
      closeSync(fd);
    });

    it('tells a source that another took its place, or that it came too late', async () => {
      const [client, other] = [await opened(), await opened()];
      await client.focus();
      const [first, second, third] = [client.source('1'), client.source('2'), client.source('3')];
      client.select(first);
      client.select(second);
      await client.sync();
      await other.focus();
      client.select(third);
      await client.sync();
      const said = [first, second, third].map((source) => client.client.eventsOf(source).map(([name]) => name));
      assert.deepEqual(said, [['cancelled'], [], ['cancelled']], 'the third came from who is not typed into');
      assert.deepEqual(await other.offered(), ['2']);
    });

    it('takes the serial of what the user did just before, though another is typed into meanwhile', async () => {
      const [client, other] = [await opened(), await opened()];
      await client.focus();
      const [before, last] = [await client.pressKey(), await client.pressKey()];
      await other.focus();
      client.select(client.source('late'), last);
      await client.sync();
      assert.deepEqual(await other.offered(), ['late']);
      const stale = client.source('stale');
      client.select(stale, before);
      await client.sync();
      assert.deepEqual(client.client.eventsOf(stale), [['cancelled']]);
      assert.deepEqual(await other.offered(), ['late']);
    });

    it('is empty when it is emptied, and when its client goes', async () => {
      const [client, other] = [await opened(), await opened()];
      await client.focus();
      client.select(client.source('a'));
      client.select(null);
      await client.sync();
      assert.equal(client.offer(), undefined);
      client.select(client.source('b'));
      await client.sync();
      await other.focus();
      assert.deepEqual(await other.offered(), ['b']);
      client.client.close();
      while (other.offer() !== undefined) await other.sync();
    });

    it('ends a client that has more kinds of one thing than any program', async () => {
      const client = await opened();
      client.source(...Array.from({ length: 513 }, (_, index) => `text/${index}`));
      await client.client.end();
      assert.equal(client.client.error?.object, 1, 'no memory');
    });
  });

describe('a client that breaks a rule of the clipboard is told which', () => {
  const { wl_data_device, wl_data_source, wl_data_offer } = enums;
  const rules: [what: string, code: number, breaks: (client: DataClient) => void][] = [
    [
      'a source that is used twice',
      wl_data_device.error.used_source,
      (client) => {
        const source = client.source('a');
        client.select(source);
        client.select(source);
      },
    ],
    [
      'a source that was made to be dragged',
      wl_data_source.error.invalid_source,
      (client) => {
        const source = client.source('a');
        client.client.request(source, 'set_actions', 1);
        client.select(source);
      },
    ],
    [
      'actions that are none',
      wl_data_source.error.invalid_action_mask,
      (client) => client.client.request(client.source('a'), 'set_actions', 8),
    ],
    [
      'actions of a source that is in use',
      wl_data_source.error.invalid_source,
      (client) => {
        const source = client.source('a');
        client.select(source);
        client.client.request(source, 'set_actions', 1);
      },
    ],
    [
      'the end of what nobody dropped',
      wl_data_offer.error.invalid_finish,
      (client) => client.client.request(client.offer()!, 'finish'),
    ],
    [
      'actions of what nobody drags',
      wl_data_offer.error.invalid_offer,
      (client) => client.client.request(client.offer()!, 'set_actions', 1, 1),
    ],
  ];
  for (const [what, code, breaks] of rules)
    it(what, async () => {
      const client = await DataClient.open(rig, 'wl_data');
      await client.focus();
      client.select(client.source('earlier'));
      await client.sync();
      breaks(client);
      await client.client.end();
      assert.equal(client.client.error?.code, code, client.client.error?.text);
    });
});
