/** The port to the host, by name. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { findPort } from '../../../../src/transfer/guest/find-port.js';
import { code } from '../../../support/producer-rig.js';

const sysfs = mkdtempSync(join(tmpdir(), 'guesthead-ports-'));
after(() => rmSync(sysfs, { recursive: true }));

for (const [entry, name] of [
  ['vport1p1', 'guesthead.agent'],
  ['vport2p4', 'org.guesthead.transfer.0'],
  ['vport2p5', ''],
] as const) {
  mkdirSync(join(sysfs, entry));
  if (name !== '') writeFileSync(join(sysfs, entry, 'name'), `${name}\n`);
}

describe('findPort', () => {
  it('gives the node of the port with the name', () => {
    assert.equal(findPort('org.guesthead.transfer.0', sysfs), '/dev/vport2p4');
  });

  it('names the ports that there are where it is none of them, and says that there is none without the driver', () => {
    assert.throws(() => findPort('other', sysfs), /there are guesthead\.agent, org\.guesthead\.transfer\.0/);
    assert.throws(() => findPort('other', join(sysfs, 'missing')), code('ERR_NO_DEVICE'));
  });
});
