import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { backendsOfDevices } from '../../../../src/transfer/host/memory/device-memory.js';

/** QEMU's object model as QEMU 7.2 answers: a device without the property is an error. */
const devices: Record<string, Record<string, { readonly kind: string; readonly memdev?: string }>> = {
  '/machine/peripheral': {
    shm: { kind: 'ivshmem-plain', memdev: '/objects/shm' },
    dimm0: { kind: 'pc-dimm', memdev: '/objects/dimm' },
    net: { kind: 'virtio-net-pci' },
  },
  '/machine/peripheral-anon': { 'device[0]': { kind: 'ivshmem-plain', memdev: '/objects/other' } },
};

const qmp = {
  execute: (command: string, args: Record<string, unknown> = {}): Promise<unknown> => {
    const path = String(args['path']);
    if (command === 'qom-list') {
      const children = Object.entries(devices[path] ?? {}).map(([name, { kind }]) => ({
        name,
        type: `child<${kind}>`,
      }));
      return Promise.resolve([{ name: 'type', type: 'string' }, ...children]);
    }
    const [place, name] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)];
    const memdev = devices[place]?.[name]?.memdev;
    return memdev === undefined ? Promise.reject(new Error('Property not found')) : Promise.resolve(memdev);
  },
};

describe('memory-backends', () => {
  it('are a device’s where one shows them in a BAR, and the guest’s where they are a DIMM', async () => {
    assert.deepEqual([...(await backendsOfDevices(qmp))].sort(), ['/objects/other', '/objects/shm']);
  });
});
