import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { chooseAccelerator } from '../../../src/lab/accelerator.js';
import { Folder } from '../../support/made-up-kernel.js';

/** A QEMU that prints what the image holds, and counts its starts in a file beside it. */
class Host extends Folder {
  readonly qemu = this.write(
    'qemu',
    '#!/bin/sh\necho >> "$0.starts"\nwhile [ "$1" != -kernel ]; do shift; done\ncat "$2"\n',
  );
  readonly boots = this.write('boots', 'Linux version 7.3.4\nVFS: Unable to mount root fs');
  readonly fails = this.write('fails', 'Linux version 7.3.4\n');

  constructor() {
    super();
    chmodSync(this.qemu, 0o755);
  }

  choose(image: string, knownImage?: string): Promise<string> {
    const cache = join(this.path, 'cache/accelerator');
    return chooseAccelerator({ qemu: this.qemu, image, knownImage, cache, mayUseKvm: () => true });
  }

  get starts(): number {
    const counter = `${this.qemu}.starts`;
    return existsSync(counter) ? readFileSync(counter).length : 0;
  }
}

describe('the accelerator', () => {
  it('is TCG where KVM may not be used, and no QEMU starts for that', async () => {
    using host = new Host();
    const { qemu, boots: image } = host;
    assert.equal(await chooseAccelerator({ qemu, image, mayUseKvm: () => false }), 'tcg');
    assert.equal(host.starts, 0);
  });

  it('is KVM where a kernel gets as far as its root under it, which is tried once', async () => {
    using host = new Host();
    for (let i = 0; i < 2; i++) assert.equal(await host.choose(host.boots, host.boots), 'kvm');
    assert.equal(host.starts, 1);
    for (let i = 0; i < 2; i++) assert.equal(await host.choose(host.fails, host.fails), 'tcg');
    assert.equal(host.starts, 2);
  });

  it('is tried with a kernel that is known to boot, not with the one under test', async () => {
    using host = new Host();
    assert.equal(await host.choose(host.fails, host.boots), 'kvm');
    host.write('fails', 'built again');
    assert.equal(await host.choose(host.fails, host.boots), 'kvm');
    assert.equal(host.starts, 1);
  });

  it('is tried anew with a kernel or a QEMU that was built again, whatever its release', async () => {
    using host = new Host();
    assert.equal(await host.choose(host.fails, host.fails), 'tcg');
    host.write('fails', 'mended: Unable to mount root fs');
    assert.equal(await host.choose(host.fails, host.fails), 'kvm');
    host.write('qemu', '#!/bin/sh\n# cannot do it any more\n');
    assert.equal(await host.choose(host.fails, host.fails), 'tcg');
  });
});
