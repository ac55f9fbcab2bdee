import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, it } from 'node:test';
import { Parking, startKeeper } from '../../../src/device/park.js';
import { isOpen } from '../../support/descriptors.js';

/** Keepers that record what they were given, and whether they still run. */
class Keepers {
  readonly all: { fds: readonly number[]; running: boolean }[] = [];
  fail = false;

  readonly start = (fds: readonly number[]) => {
    if (this.fail) return undefined;
    const keeper = { fds: [...fds], running: true };
    this.all.push(keeper);
    return { kill: () => !(keeper.running = false) };
  };

  running(): (readonly number[])[] {
    return this.all.filter(({ running }) => running).map(({ fds }) => fds);
  }
}

/** What the process has open; a program that has just started opens and closes its libraries meanwhile. */
function filesOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`);
    } catch {
      return [];
    }
  });
}

describe('lost displays', () => {
  it('are kept by one process, all of them', () => {
    const keepers = new Keepers();
    const parking = new Parking(keepers.start);
    for (const fd of [7, 8, 9]) {
      parking.park(fd);
      assert.equal(keepers.running().length, 1);
    }
    assert.deepEqual(keepers.running(), [[7, 8, 9]]);
  });

  it('stay with the process that has them where no other can be started, and are handed on with the next', () => {
    const keepers = new Keepers();
    const parking = new Parking(keepers.start);
    parking.park(7);
    keepers.fail = true;
    parking.park(8);
    assert.deepEqual(keepers.running(), [[7]]);
    keepers.fail = false;
    parking.park(9);
    assert.deepEqual(keepers.running(), [[7, 8, 9]]);
  });

  it('are open in a process of its own session as long as that runs, and here as well', () => {
    const parked = ['a', 'b'].map(() => openSync(tmpdir(), 'r'));
    const keeper = startKeeper(parked);
    assert.ok(keeper?.pid !== undefined);
    try {
      const links = filesOf(keeper.pid);
      assert.equal(links.filter((link) => link === tmpdir()).length, 2);
      const session = readFileSync(`/proc/${keeper.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3];
      assert.equal(session, String(keeper.pid));
      assert.ok(parked.every(isOpen));
    } finally {
      keeper.kill('SIGKILL');
      for (const fd of parked) closeSync(fd);
    }
  });

  it('have no keeper where none can be started', () => {
    assert.equal(startKeeper([1 << 20]), undefined);
  });
});
