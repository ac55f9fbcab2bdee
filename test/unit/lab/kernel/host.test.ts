import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fitHostKernel, type HostFiles } from '../../../../src/lab/kernel/host.js';
import { bzImage, Folder } from '../../../support/made-up-kernel.js';

const release = '6.16.3-200.fc42.x86_64';
const modules = `lib/modules/${release}`;
const builtIn = 'kernel/fs/fuse/virtiofs.ko\nkernel/drivers/virtio/virtio_pci.ko\n';
const dependencies = 'kernel/virtio-gpu.ko.xz:\nkernel/vgem.ko.xz:\nkernel/overlay.ko.xz:\n';
const whole = {
  [`${modules}/vmlinuz`]: bzImage(release),
  [`${modules}/modules.builtin`]: builtIn,
  [`${modules}/modules.dep`]: dependencies,
};

function found(files: Record<string, string | Buffer>, facts: Partial<HostFiles> = {}): string | undefined {
  using folder = new Folder(files);
  const kernel = fitHostKernel({ release, root: folder.path, hasApt: false, ...facts });
  return kernel?.image.slice(folder.path.length + 1);
}

describe('the host’s own kernel', () => {
  it('serves where it can boot from the share and has the drivers', () => {
    assert.equal(found(whole), `${modules}/vmlinuz`);
    const { [`${modules}/vmlinuz`]: image, ...rest } = whole;
    assert.equal(found({ ...rest, [`boot/vmlinuz-${release}`]: image }), `boot/vmlinuz-${release}`);
  });

  it('does not where apt brings one that is known to work', () => {
    assert.equal(found(whole, { hasApt: true }), undefined);
  });

  it('does not where it is too old to import, or has no image or no modules here', () => {
    for (const old of ['6.13.9', '5.19.0-arch1']) {
      const files = Object.entries(whole).map(([name, text]) => [name.replaceAll(release, old), text]);
      assert.equal(found(Object.fromEntries(files) as typeof whole, { release: old }), undefined, old);
    }
    assert.equal(found({ [`${modules}/modules.builtin`]: builtIn }), undefined);
    assert.equal(found({}), undefined);
  });

  it('does not where the share’s file system is a module, or a driver is missing', () => {
    assert.equal(
      found({ ...whole, [`${modules}/modules.builtin`]: 'kernel/drivers/virtio/virtio_pci.ko\n' }),
      undefined,
    );
    assert.equal(found({ ...whole, [`${modules}/modules.dep`]: 'kernel/virtio-gpu.ko.xz:\n' }), undefined);
  });
});
