/** What the host is told of exports, where it does not take every message. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Lending } from '../../../../src/transfer/guest/lending.js';
import { layoutOf } from '../../../../src/transfer/guest/picture.js';
import { PinnedMemory } from '../../../../src/transfer/guest/pinned-memory.js';
import { TransferBuffer } from '../../../../src/transfer/guest/transfer-buffer.js';
import type { TransferMessage } from '../../../../src/transfer/protocol/messages.js';
import { FakePages } from '../../../support/transfer-rig.js';

it('says an export whole that the port did not take at first, its private data included', async () => {
  const [pages, said] = [new FakePages(), [] as TransferMessage[]];
  let isFull = false;
  const lending = new Lending({
    send: (message) => !isFull && said.push(message) > 0,
    isConnected: () => true,
    newMemory: () => assert.fail(),
    onExported: () => undefined,
  });
  const layout = layoutOf({ width: 64, height: 64 });
  const buffers = [7, 8].map(() => {
    const memory = PinnedMemory.allocate(Number(layout.size), pages);
    const buffer = new TransferBuffer(lending, layout, memory);
    lending.add(buffer, memory, false);
    lending.receive({ type: 'registered', buffer: said.length });
    assert.ok(buffer.acquire());
    return buffer;
  });
  isFull = true;
  const data = Uint8Array.of(1);
  buffers[0]!.export({ privateData: data });
  isFull = false;
  data.fill(9);
  buffers[1]!.export({ privateData: Uint8Array.of(2) });
  const exported = said.flatMap((message) => (message.type === 'export' ? [[...message.privateData]] : []));
  assert.deepEqual(exported, [[1], [2]]);
  await turn();
  assert.deepEqual(
    buffers.map(({ state }) => state),
    ['exported', 'exported'],
  );
  for (const buffer of buffers) buffer.close();
  lending.freeAll();
  assert.equal(pages.open.size, 0);
});
