import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { describe, it } from 'node:test';
import { ModuleFolder } from '../../../../src/lab/kernel/module-folder.js';
import { Folder, moduleFile } from '../../../support/made-up-kernel.js';

const gpu = moduleFile('virtio_gpu', { depends: ['virtio_dma_buf', 'drm'] });
const dmaBuf = moduleFile('virtio_dma_buf');
const drm = moduleFile('drm', { depends: ['i2c-core'] });
const i2c = moduleFile('i2c_core');

function loadOrder(folder: Folder, kind: 'installed' | 'tree', ...names: string[]): string[] {
  return new ModuleFolder(folder.path, kind).loadOrder(names).map((path) => path.slice(folder.path.length + 1));
}

describe('a folder of modules', () => {
  it('lists what a driver needs before it, as modules.dep says, without opening a module', () => {
    using folder = new Folder({
      'modules.dep':
        'kernel/gpu/virtio-gpu.ko.xz: kernel/virtio_dma_buf.ko.xz kernel/drm.ko.xz\nkernel/virtio_dma_buf.ko.xz:\nkernel/drm.ko.xz:\n',
    });
    assert.deepEqual(loadOrder(folder, 'installed', 'virtio-gpu'), [
      'kernel/drm.ko.xz',
      'kernel/virtio_dma_buf.ko.xz',
      'kernel/gpu/virtio-gpu.ko.xz',
    ]);
  });

  it('reads it from the modules where depmod has not run, with either spelling of a name, and compressed ones too', () => {
    using folder = new Folder({
      'kernel/gpu/virtio-gpu.ko': gpu,
      'kernel/virtio_dma_buf.ko.gz': gzipSync(dmaBuf),
      'updates/drm.ko': drm,
      'kernel/i2c-core.ko': i2c,
    });
    assert.deepEqual(loadOrder(folder, 'installed', 'virtio-gpu'), [
      'kernel/virtio_dma_buf.ko.gz',
      'kernel/i2c-core.ko',
      'updates/drm.ko',
      'kernel/gpu/virtio-gpu.ko',
    ]);
  });

  it('takes a module built again for the kernel before the one that came with it', () => {
    using folder = new Folder({ 'kernel/vgem.ko': moduleFile('vgem'), 'updates/vgem.ko': moduleFile('vgem') });
    assert.deepEqual(loadOrder(folder, 'installed', 'vgem'), ['updates/vgem.ko']);
  });

  it('is a build tree too: modules.order says which files belong to this build', () => {
    using folder = new Folder({
      'modules.order': 'drivers/gpu/virtio-gpu.o\ndrivers/virtio_dma_buf.o\ndrivers/drm.o\ndrivers/i2c-core.o\n',
      'drivers/gpu/virtio-gpu.ko': gpu,
      'drivers/virtio_dma_buf.ko': dmaBuf,
      'drivers/drm.ko': drm,
      'drivers/i2c-core.ko': i2c,
      'drivers/vgem.ko': moduleFile('vgem'), // left over from another configuration
    });
    assert.equal(loadOrder(folder, 'tree', 'virtio-gpu').length, 4);
    assert.deepEqual(loadOrder(folder, 'tree', 'vgem'), []);
    assert.ok(!new ModuleFolder(folder.path, 'tree').has('vgem'));
  });

  it('finds modules in a tree without lists, and none of a package that was built there', () => {
    using folder = new Folder({
      'debian/linux-image/lib/modules/7.3.4/kernel/vgem.ko': moduleFile('vgem'),
      'drivers/gpu/vgem/vgem.ko': moduleFile('vgem'),
    });
    assert.deepEqual(loadOrder(folder, 'tree', 'vgem'), ['drivers/gpu/vgem/vgem.ko']);
  });

  it('takes the old spelling of modules.order, with kernel/ in front', () => {
    using folder = new Folder({ 'modules.order': 'kernel/drivers/vgem.ko\n', 'drivers/vgem.ko': moduleFile('vgem') });
    assert.deepEqual(loadOrder(folder, 'tree', 'vgem'), ['drivers/vgem.ko']);
  });

  it('knows what is built in, which is loaded by nobody', () => {
    using folder = new Folder({
      'modules.builtin': 'kernel/drivers/gpu/drm/virtio/virtio-gpu.ko\n',
      'drivers/gpu/virtio-gpu.ko': gpu, // of the configuration before
    });
    const modules = new ModuleFolder(folder.path, 'tree');
    assert.ok(modules.isBuiltIn('virtio_gpu'));
    assert.ok(!modules.isBuiltIn('vgem'));
    assert.deepEqual(loadOrder(folder, 'tree', 'virtio-gpu'), []);
  });

  it('names the module that a driver needs and nobody built', () => {
    using folder = new Folder({ 'kernel/virtio-gpu.ko': gpu, 'kernel/drm.ko': drm, 'kernel/i2c-core.ko': i2c });
    assert.throws(() => loadOrder(folder, 'installed', 'virtio-gpu'), {
      code: 'ERR_LAB',
      message: /virtio_gpu needs virtio_dma_buf, which is not in/,
    });
  });
});
