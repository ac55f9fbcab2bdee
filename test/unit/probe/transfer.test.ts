/** Whether this guest can hand its buffers to the host. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkTransfer } from '../../../src/probe/transfer.js';
import { closed, filesOf, openToAll } from './machines.js';

const names = {
  '/sys/class/virtio-ports/vport1p1/name': 'guesthead.agent\n',
  '/sys/class/virtio-ports/vport1p3/name': 'org.guesthead.transfer.0\n',
};
const capable = { '/proc/self/status': 'Name:\tnode\nCapEff:\t000001ffffffffff\n' };
const plain = { '/proc/self/status': 'Name:\tnode\nCapEff:\t0000000000000000\n' };

const statuses = (...files: Parameters<typeof filesOf>) => checkTransfer(filesOf(...files)).map(({ status }) => status);

describe('the transfer', () => {
  it('has its port by name, open to this user or not', () => {
    const [port] = checkTransfer(filesOf({ ...names, ...capable }, { '/dev/vport1p3': openToAll }));
    assert.deepEqual([port?.status, port?.device], ['ok', '/dev/vport1p3']);
    assert.deepEqual(statuses({ ...names, ...capable }, { '/dev/vport1p3': closed }), ['no', 'ok']);
    assert.deepEqual(statuses({ ...names, ...capable }), ['no', 'ok'], 'no node in /dev');
  });

  it('may name pages with CAP_SYS_ADMIN only', () => {
    assert.deepEqual(statuses({ ...names, ...capable }).slice(1), ['ok']);
    assert.deepEqual(statuses({ ...names, ...plain }).slice(1), ['unknown']);
    assert.deepEqual(statuses(names).slice(1), ['unknown']);
  });

  it('is one line where there is no port: it is for few', () => {
    assert.deepEqual(statuses(capable), ['unknown']);
  });
});
