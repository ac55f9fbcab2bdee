import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emulatorAdvice, isEmulatorsDoing, type FailedBoot } from '../../../src/lab/emulator-fault.js';

const crash = '[    0.31] Oops: int3: 0000 [#1] SMP\n[    0.32] Kernel panic - not syncing';
const boot = { accelerator: 'tcg', isNamed: false, hung: false, console: crash } satisfies FailedBoot;

describe('a boot that failed', () => {
  it('is tried once more where the emulated processor may have done it, of a kernel that is known to boot', () => {
    assert.equal(isEmulatorsDoing(boot), true);
    assert.equal(isEmulatorsDoing({ ...boot, console: '', hung: true }), true);
    assert.equal(isEmulatorsDoing({ ...boot, console: 'Kernel panic - not syncing: VFS' }), false);
    assert.equal(isEmulatorsDoing({ ...boot, accelerator: 'kvm' }), false);
  });

  it('is the kernel’s own where a user named it, also where it looks like that; it is only said', () => {
    const named = { ...boot, isNamed: true };
    assert.equal(isEmulatorsDoing(named), false);
    assert.equal(isEmulatorsDoing({ ...named, hung: true }), false);
    assert.match(emulatorAdvice(named) ?? '', /int3.*again/);
    assert.equal(emulatorAdvice({ ...named, console: 'Kernel panic' }), undefined);
    assert.equal(emulatorAdvice({ ...named, accelerator: 'kvm' }), undefined);
  });
});
