import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Subject, firstValueFrom, toArray } from 'rxjs';
import type { QmpEvent } from '../../../../src/qmp/index.js';
import { guestEvents } from '../../../../src/transfer/host/memory/events.js';

/** What is told of these events by a QEMU whose state is `status` at each question. */
async function toldOf(events: QmpEvent[], status: string | Error = 'running') {
  const events$ = new Subject<QmpEvent>();
  const answer = () => (typeof status === 'string' ? Promise.resolve({ status }) : Promise.reject(status));
  const told = firstValueFrom(guestEvents({ events$, execute: answer }).pipe(toArray()));
  for (const event of events) events$.next(event);
  events$.complete();
  return told;
}

describe("a guest's events", () => {
  it('are a reset where it reboots or shuts down', async () => {
    const told = await toldOf([{ event: 'RESET', data: { guest: true } }, { event: 'SHUTDOWN' }]);
    assert.deepEqual(told, [{ type: 'reset' }, { type: 'reset' }]);
  });

  it('are a port’s where the guest opens or closes it', async () => {
    const told = await toldOf([{ event: 'VSERPORT_CHANGE', data: { id: 'transfer0', open: false } }]);
    assert.deepEqual(told, [{ type: 'port', device: 'transfer0', open: false }]);
  });

  it('are a move where its migration has completed, and not before', async () => {
    const told = await toldOf([
      { event: 'MIGRATION', data: { status: 'active' } },
      { event: 'MIGRATION', data: { status: 'completed' } },
    ]);
    assert.deepEqual(told, [{ type: 'moved' }]);
  });

  it('are a move where QEMU stops for one without a word of it, and nothing where it only pauses', async () => {
    assert.deepEqual(await toldOf([{ event: 'STOP' }], 'postmigrate'), [{ type: 'moved' }]);
    assert.deepEqual(await toldOf([{ event: 'STOP' }], 'finish-migrate'), [{ type: 'moved' }]);
    assert.deepEqual(await toldOf([{ event: 'STOP' }], 'paused'), []);
    assert.deepEqual(await toldOf([{ event: 'STOP' }], new Error('gone')), []);
  });

  it('are nothing of what QEMU tells besides, of whatever form', async () => {
    const told = await toldOf([{ event: 'VNC_CONNECTED' }, { event: 'VSERPORT_CHANGE', data: { id: 7, open: 'yes' } }]);
    assert.deepEqual(told, []);
  });
});
