import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Subject, type Observer } from 'rxjs';
import { GuestheadError } from '../../../src/errors.js';
import { connectorLists, type ConnectorInfo } from '../../../src/gpus/connectors.js';
import type { PairChange } from '../../../src/gpus/pair-change.js';

const none = { id: 1, sizeMm: undefined, make: undefined, model: undefined, serial: undefined };

function connector(name: string, width: number, preferred = true): ConnectorInfo {
  const modes = width === 0 ? [] : [{ width, height: 600, refreshHz: 60, preferred }];
  return { ...none, name, status: width === 0 ? 'disconnected' : 'connected', modes };
}

const lost = new GuestheadError('ERR_DEVICE_LOST', 'gone');

/** A display whose connectors are what `now` says, or that throws it. */
class Rig {
  readonly changes$ = new Subject<PairChange>();
  readonly settle$ = new Subject<void>();
  readonly seen: string[] = [];
  now: ConnectorInfo[] | Error = [connector('Virtual-1', 800)];

  constructor() {
    const observer: Partial<Observer<ConnectorInfo[]>> = {
      next: (list) => this.seen.push(list.map(({ name, modes }) => `${name} ${modes[0]?.width ?? 'off'}`).join(', ')),
      error: ({ code }: GuestheadError) => this.seen.push(code),
      complete: () => this.seen.push('end'),
    };
    connectorLists(this.changes$, () => this.#list(), this.settle$).subscribe(observer);
  }

  hotplug(now: ConnectorInfo[] | Error): void {
    this.now = now;
    this.changes$.next({ kind: 'hotplug' });
  }

  #list(): ConnectorInfo[] {
    if (this.now instanceof Error) throw this.now;
    return this.now;
  }
}

describe('the lists of connectors', () => {
  it('begin with the one of now, come after a hotplug where it has changed, and end with the pair', () => {
    const rig = new Rig();
    rig.hotplug([connector('Virtual-1', 800)]);
    rig.hotplug([connector('Virtual-1', 640), connector('Virtual-2', 0)]);
    rig.changes$.next({ kind: 'fault', fault: lost });
    rig.changes$.complete();
    assert.deepEqual(rig.seen, ['Virtual-1 800', 'Virtual-1 640, Virtual-2 off', 'end']);
  });

  it('do not end where the display is gone, and go on when it is back', () => {
    const rig = new Rig();
    rig.hotplug(lost); // before the remove uevent came
    rig.changes$.next({ kind: 'lost', role: 'display', fault: lost });
    rig.now = [connector('Virtual-9', 800)];
    rig.changes$.next({ kind: 'back' });
    assert.deepEqual(rig.seen, ['Virtual-1 800', 'Virtual-9 800']);
  });

  it('are looked at once more where a connected head prefers no mode, which the kernel may be in between', () => {
    const rig = new Rig();
    rig.hotplug([connector('Virtual-1', 5120, false)]);
    rig.now = [connector('Virtual-1', 640)];
    rig.settle$.next();
    assert.deepEqual(rig.seen, ['Virtual-1 800', 'Virtual-1 5120', 'Virtual-1 640']);
    rig.now = [connector('Virtual-1', 320)];
    rig.settle$.next();
    assert.equal(rig.seen.length, 3, 'nobody looks where nothing is in between');
  });

  it('fail with what is no loss', () => {
    const rig = new Rig();
    rig.hotplug(new GuestheadError('ERR_CLOSED', 'closed'));
    assert.deepEqual(rig.seen, ['Virtual-1 800', 'ERR_CLOSED']);
  });
});
