import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { locateKernel } from '../../../../src/lab/kernel/locate.js';
import { bzImage, Folder, moduleFile } from '../../../support/made-up-kernel.js';

const release = '7.3.4-mine';
const image = bzImage(release);
const drivers = (prefix: string) => ({
  [`${prefix}/virtio-gpu.ko`]: moduleFile('virtio_gpu'),
  [`${prefix}/vgem.ko`]: moduleFile('vgem'),
});
const bootedTree = { 'arch/x86/boot/bzImage': image, ...drivers('drivers/gpu/drm') };

/** Which folder the modules come from, within the made-up one. */
function modulesOf(folder: Folder, kernel: string, modules?: string): string | undefined {
  const found = locateKernel({
    kernel: join(folder.path, kernel),
    modules: modules === undefined ? undefined : join(folder.path, modules),
  });
  assert.equal(found.release, release);
  return found.modules?.folder.slice(folder.path.length + 1);
}

describe('a kernel that a user names', () => {
  it('is an image from anywhere, with its modules where such an image has them', () => {
    for (const [kernel, modules] of [
      [`root/lib/modules/${release}/vmlinuz`, `root/lib/modules/${release}`],
      [`root/usr/lib/modules/${release}/vmlinuz`, `root/usr/lib/modules/${release}`],
      [`root/boot/vmlinuz-${release}`, `root/lib/modules/${release}`],
      [`root/boot/vmlinuz-${release}`, `root/usr/lib/modules/${release}`],
      ['any/where/bzImage', `any/where/lib/modules/${release}`],
    ] as const) {
      using folder = new Folder({ [kernel]: image, ...drivers(`${modules}/kernel`) });
      assert.equal(modulesOf(folder, kernel), modules, kernel);
    }
  });

  it('has no modules where none are found: all may be built in', () => {
    using folder = new Folder({ 'here/bzImage': image, ...drivers('here/lib/modules/7.3.5/kernel') });
    assert.equal(modulesOf(folder, 'here/bzImage'), undefined);
  });

  it('is a build tree as it lies, named itself or by its image, by a link too', () => {
    using folder = new Folder(Object.fromEntries(Object.entries(bootedTree).map(([k, v]) => [`tree/${k}`, v])));
    assert.equal(modulesOf(folder, 'tree'), 'tree');
    assert.equal(modulesOf(folder, 'tree/arch/x86/boot/bzImage'), 'tree');
    symlinkSync('tree/arch/x86/boot/bzImage', join(folder.path, 'latest'));
    assert.equal(modulesOf(folder, 'latest'), 'tree');
  });

  it('is a folder into which a package was unpacked', () => {
    using folder = new Folder({
      [`deb/boot/vmlinuz-${release}`]: image,
      ...drivers(`deb/lib/modules/${release}/kernel`),
    });
    assert.equal(modulesOf(folder, 'deb'), `deb/lib/modules/${release}`);
    folder.write('deb/boot/vmlinuz-7.0', bzImage('7.0'));
    assert.throws(() => modulesOf(folder, 'deb'), { code: 'ERR_USAGE', message: /several.*vmlinuz-7\.0/ });
  });

  it('is told apart from a folder that holds none, and from a tree that was not built', () => {
    using folder = new Folder({ 'tree/Kconfig': '', 'tree/Makefile': '', 'other/readme': '' });
    assert.throws(() => modulesOf(folder, 'tree'), {
      code: 'ERR_USAGE',
      message: /tree has no arch\/x86\/boot\/bzImage/,
      advice: /make.*O=/,
    });
    assert.throws(() => modulesOf(folder, 'other'), { code: 'ERR_USAGE', message: /No kernel image in .*other/ });
    assert.throws(() => modulesOf(folder, 'nowhere'), { code: 'ERR_USAGE', message: /No kernel image at/ });
  });

  it('takes the modules that the user names: an INSTALL_MOD_PATH, what is below it, or a build tree', () => {
    for (const [named, modules] of [
      ['out', `out/lib/modules/${release}`],
      ['out/lib/modules', `out/lib/modules/${release}`],
      [`out/lib/modules/${release}`, `out/lib/modules/${release}`],
    ] as const) {
      using folder = new Folder({ bzImage: image, ...drivers(`${modules}/kernel`), 'lib/modules/x': '' });
      assert.equal(modulesOf(folder, 'bzImage', named), modules);
    }
    using folder = new Folder({ bzImage: image, 'tree/.config': '', ...drivers('tree/drivers') });
    assert.equal(modulesOf(folder, 'bzImage', 'tree'), 'tree');
  });

  it('refuses modules of another release, and names those that are there', () => {
    using folder = new Folder({ bzImage: image, ...drivers('out/lib/modules/7.3.4-mine-dirty/kernel'), 'none/x': '' });
    assert.throws(() => modulesOf(folder, 'bzImage', 'out'), {
      code: 'ERR_USAGE',
      message: /out has no modules of Linux 7\.3\.4-mine.*7\.3\.4-mine-dirty/,
      advice: /modules_install INSTALL_MOD_PATH/,
    });
    assert.throws(() => modulesOf(folder, 'bzImage', 'none'), { code: 'ERR_USAGE', message: /none has no modules/ });
    assert.throws(() => modulesOf(folder, 'bzImage', 'nowhere'), { code: 'ERR_USAGE', message: /nowhere/ });
    assert.throws(() => locateKernel({ modules: folder.path }), { code: 'ERR_USAGE', message: /--kernel/ });
  });

  it('prefers modules of its own tree, and takes installed ones where the tree has only the image', () => {
    using folder = new Folder({
      'tree/arch/x86/boot/bzImage': image,
      'tree/modules.order': 'lib/other.o\n',
      ...drivers(`tree/arch/x86/boot/lib/modules/${release}`),
    });
    assert.equal(modulesOf(folder, 'tree'), `tree/arch/x86/boot/lib/modules/${release}`);
    folder.write('tree/modules.order', 'virtio-gpu.o\nvgem.o\n');
    for (const [name, content] of Object.entries(drivers('tree'))) folder.write(name, content);
    assert.equal(modulesOf(folder, 'tree'), 'tree');
  });
});
