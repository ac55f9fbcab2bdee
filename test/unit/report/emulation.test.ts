import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emulationOf } from '../../../src/report/index.js';

const bare = { lab: undefined, hypervisor: '', cpuinfo: 'model name\t: AMD Ryzen 7\nflags\t: fpu\n' };

describe('emulation', () => {
  it('is told by the lab, which knows its accelerator', () => {
    assert.match(emulationOf({ ...bare, lab: 'tcg' }) ?? '', /lab emulates/);
    assert.equal(emulationOf({ ...bare, lab: 'kvm', hypervisor: 'TCGTCGTCGTCG' }), undefined);
  });

  it('is known by the processor’s word for what is below it, or by QEMU’s own processors', () => {
    assert.match(emulationOf({ ...bare, hypervisor: 'TCGTCGTCGTCG' }) ?? '', /TCG/);
    const x86 = 'processor\t: 0\nmodel name\t: QEMU TCG CPU version 2.5+\n';
    const arm = 'processor\t: 0\nCPU implementer\t: 0x00\nCPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: 0x051\n';
    for (const cpuinfo of [x86, arm]) assert.match(emulationOf({ ...bare, cpuinfo }) ?? '', /TCG/);
  });

  it('is none on hardware, under KVM, and where only the name is QEMU’s', () => {
    const kvm64 = 'model name\t: QEMU Virtual CPU version 2.5+\n';
    const cortex = 'CPU implementer\t: 0x41\nCPU part\t: 0xd0b\n';
    for (const cpuinfo of [bare.cpuinfo, kvm64, cortex]) assert.equal(emulationOf({ ...bare, cpuinfo }), undefined);
    assert.equal(emulationOf({ ...bare, hypervisor: 'KVMKVMKVM' }), undefined);
  });
});
