/** Clients' timelines, whose device goes and comes back. */
import assert from 'node:assert/strict';
import { openSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Subject } from 'rxjs';
import type { PairChange } from '../../../src/gpus/index.js';
import { BufferPoints } from '../../../src/kiosk/explicit-sync/buffer-points.js';
import { ClientTimelines } from '../../../src/kiosk/explicit-sync/client-timelines.js';
import type { Client } from '../../../src/wayland/index.js';
import { openDescriptors } from '../../addon/support/descriptors.js';
import { FakeSyncobjs, type FakeSyncobj } from '../../support/fake-syncobjs.js';

const unexpected = (): never => assert.fail('it was called');
const client = { refuseMore: unexpected } as unknown as Client;

let syncobjs: FakeSyncobjs;
let syncobj: FakeSyncobj;
let changes$: Subject<PairChange>;
let timelines: ClientTimelines;

beforeEach(() => {
  syncobjs = new FakeSyncobjs();
  syncobj = syncobjs.create();
  changes$ = new Subject();
  const opened = ClientTimelines.open({ changes$, openSyncDevice: () => ({ device: syncobjs.openSyncDevice() }) });
  assert.ok(opened);
  timelines = opened;
});

afterEach(() => {
  timelines.close();
  assert.deepEqual(syncobjs.held(), { devices: 0, handles: 0, waits: 0, descriptors: 0 });
  syncobjs.close();
});

/** A client's, of which it keeps its own descriptor. */
const imported = () => timelines.import(openSync(`/proc/self/fd/${syncobj.fd}`, 'r'), client);

const comeBack = () => {
  syncobjs.gone = false;
  changes$.next({ kind: 'back' });
};

describe('a client’s timeline', () => {
  it('is in use until its object has gone, and all of its points', () => {
    const timeline = imported();
    const points = new BufferPoints({ timeline: timeline.hold(), value: 1n }, { timeline: timeline.hold(), value: 2n });
    timeline.release();
    assert.equal(syncobjs.held().handles, 1);
    points.released();
    assert.equal(syncobj.signalled, 2n);
    assert.equal(syncobjs.held().handles, 0);
  });

  it('is signalled when its device is back, where that was away', () => {
    const timeline = imported();
    syncobjs.gone = true;
    for (const point of [5n, 3n]) timeline.signal(point);
    assert.equal(syncobj.signalled, 0n);
    comeBack();
    assert.equal(syncobj.signalled, 5n);
    timeline.signal(6n);
    assert.equal(syncobj.signalled, 6n);
    timeline.release();
  });

  it('is signalled then, though nobody uses it any more', () => {
    const timeline = imported();
    syncobjs.gone = true;
    timeline.signal(4n);
    timeline.release();
    assert.equal(syncobjs.held().handles, 1);
    comeBack();
    assert.equal(syncobj.signalled, 4n);
    assert.equal(syncobjs.held().handles, 0);
  });

  it('is taken while the device is away, and nobody waits for it meanwhile', () => {
    syncobjs.gone = true;
    const timeline = imported();
    assert.equal(timeline.whenSignalled(1n, unexpected), undefined);
    comeBack();
    const stop = timeline.whenSignalled(1n, unexpected);
    assert.ok(stop);
    stop();
    timeline.release();
  });

  it('that is none, as is found when the device is back, keeps nothing', () => {
    syncobjs.gone = true;
    const timeline = timelines.import(openSync('/dev/null', 'r'), client);
    timeline.signal(1n);
    comeBack();
    timeline.signal(2n);
    const before = openDescriptors();
    timeline.release();
    assert.equal(openDescriptors(), before - 1);
  });

  it('is not kept for a device that nobody looks for any more, and is signalled still where that is there', () => {
    const [shown, owing] = [imported(), imported()];
    syncobjs.gone = true;
    owing.signal(1n);
    owing.release();
    timelines.close();
    syncobjs.gone = false;
    shown.signal(2n);
    assert.equal(syncobj.signalled, 2n);
    shown.release();
  });

  it('stays as it is where another device was away, or this one does not come back', () => {
    const timeline = imported();
    changes$.next({ kind: 'back' });
    assert.deepEqual(syncobjs.held(), { devices: 1, handles: 1, waits: 0, descriptors: 1 });
    syncobjs.gone = true;
    changes$.next({ kind: 'back' });
    comeBack();
    timeline.signal(1n);
    assert.equal(syncobj.signalled, 1n);
    timeline.release();
  });

  it('tells of a point once, unless its wait was ended', async () => {
    const timeline = imported();
    const stop = timeline.whenSignalled(1n, unexpected);
    const told = new Promise<void>((resolve) => timeline.whenSignalled(1n, resolve));
    stop?.();
    stop?.();
    syncobj.signal(1n);
    await told;
    assert.equal(syncobjs.held().waits, 0);
    assert.equal(timeline.whenSignalled(1n, unexpected), undefined);
    timeline.release();
  });
});

it('is nothing where no device has what it needs', () => {
  syncobjs.gone = true;
  assert.equal(
    ClientTimelines.open({ changes$, openSyncDevice: () => ({ device: syncobjs.openSyncDevice() }) }),
    undefined,
  );
  syncobjs.gone = false;
});
