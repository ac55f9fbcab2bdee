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

describe('the libvirt domain of a guest whose buffers are handed on', () => {
  const domain = libvirtDomain(generated({ transfer: true, transferSocket: '/run/t', qmpSocket: '/run/q' }));

  it('has the port as a channel with a name of its own, and memory that can be shared', () => {
    const channel = [
      '<channel type="unix">',
      '<source mode="bind" path="/run/t"/>',
      '<target type="virtio" name="org.guesthead.transfer.0"/>',
      '<alias name="ua-transfer0"/>',
    ];
    assert.match(domain, new RegExp(channel.join('\\s*')));
    assert.match(domain, /<source type="memfd"\/>\s*<access mode="shared"\/>/);
  });

  it('passes a monitor of the broker’s on, which libvirt has no word for', () => {
    assert.match(domain, /<qemu:arg value="-qmp"\/>\s*<qemu:arg value="unix:\/run\/q,server=on,wait=off"\/>/);
  });

  it('says by which name the broker finds the port', () => {
    assert.match(libvirtNotes(generated({ transfer: true })).join('\n'), /--device ua-transfer0/);
    assert.doesNotMatch(libvirtNotes(generated({})).join('\n'), /--device/);
  });
});
