import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Generated } from '../../../src/host/generate.js';
import { itemsOf } from '../../../src/host/items.js';
import { libvirtDomain, libvirtNotes } from '../../../src/host/libvirt.js';
import { hostMachineOf, type HostWishes } from '../../../src/host/machine.js';

function generated(wishes: HostWishes, iommufd = false): Generated {
  const machine = hostMachineOf({ display: 'none', ...wishes });
  const facts = { accelerator: 'kvm', qemu: undefined, iommufd } as const;
  return { program: 'q', machine, accelerator: 'kvm', qemu: undefined, items: itemsOf(machine, facts), notes: [] };
}

const vfio = '01:00.0';

describe('the libvirt domain of a host that has iommufd alone', () => {
  it('takes the GPU by iommufd, in libvirt’s own words, and passes no option of QEMU’s on', () => {
    const domain = libvirtDomain(generated({ vfio }, true));
    assert.match(domain, /<hostdev mode="subsystem" type="pci" managed="yes">\s*<driver iommufd="yes"\/>\s*<source>/);
    assert.doesNotMatch(domain, /qemu:arg|iommufd0/);
  });

  it('says which libvirt that needs', () => {
    assert.match(libvirtNotes(generated({ vfio }, true)).join('\n'), /libvirt 12\.1 or later knows iommufd/);
  });

  it('is not written where the host has VFIO’s containers', () => {
    assert.doesNotMatch(libvirtDomain(generated({ vfio })), /iommufd/);
    assert.doesNotMatch(libvirtNotes(generated({ vfio })).join('\n'), /iommufd/);
  });
});
