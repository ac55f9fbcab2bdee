import assert from 'node:assert/strict';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, it } from 'node:test';
import { parseConfig, readConfig, requireOptions } from '../../../../src/lab/kernel/config.js';
import { locateKernel } from '../../../../src/lab/kernel/locate.js';
import { configFragment, kernelOptions } from '../../../../src/lab/kernel/options.js';
import { bzImage, bzImageWith, Folder, moduleFile } from '../../../support/made-up-kernel.js';

const all = configFragment();
const without = (...names: string[]) => all.replace(new RegExp(`^CONFIG_(${names.join('|')})=y\n`, 'gm'), '');
const asModule = (...names: string[]) =>
  all.replace(new RegExp(`^CONFIG_(${names.join('|')})=y$`, 'gm'), 'CONFIG_$1=m');

function kernelWith(folder: Folder, files: Record<string, string | Buffer> = {}) {
  folder.write('tree/arch/x86/boot/bzImage', bzImage('7.3.4'));
  for (const [name, content] of Object.entries(files)) folder.write(`tree/${name}`, content);
  return locateKernel({ kernel: join(folder.path, 'tree') });
}

function required(config: string, files: Record<string, string | Buffer> = {}): string[] {
  using folder = new Folder();
  return requireOptions(kernelWith(folder, files), parseConfig(config));
}

describe('the fragment', () => {
  it('has each option once, with one comment of why in front', () => {
    const lines = all.split('\n');
    for (const { name, why } of kernelOptions) {
      const at = lines.findIndex((line) => line.replace(/^#/, '') === `CONFIG_${name}=y`);
      assert.equal(lines[at - 1], `# ${why}`, name);
      assert.match(why, /\.$/, name);
    }
    assert.equal(new Set(kernelOptions.map(({ name }) => name)).size, kernelOptions.length);
  });

  it('switches nothing off, and what only systemd needs is a comment', () => {
    assert.doesNotMatch(all, /is not set|=n/);
    assert.match(all, /^#CONFIG_CGROUPS=y$/m);
    for (const line of all.split('\n')) assert.match(line, /^(#.*|CONFIG_\w+=y|)$/);
  });
});

describe('the configuration of a kernel', () => {
  it('has all that the lab needs after a merge of the fragment', () => {
    assert.deepEqual(required(all), []);
  });

  it('need not have what its release has not yet', () => {
    for (const [release, isRefused] of [
      ['5.10.0', false],
      ['6.1.0-56-amd64', false],
      ['6.4.0-rc1', true],
      ['6.12', true],
    ] as const) {
      using folder = new Folder();
      const kernel = locateKernel({ kernel: folder.write('vmlinuz', bzImage(release)) });
      const check = () => requireOptions(kernel, parseConfig(without('DRM_VIRTIO_GPU_KMS')));
      if (isRefused) assert.throws(check, /CONFIG_DRM_VIRTIO_GPU_KMS/, release);
      else assert.deepEqual(check(), [], release);
    }
  });

  it('is refused with all that is missing at once, each with why', () => {
    assert.throws(
      () => required(without('VIRTIO_FS', 'DRM_VGEM', 'FUTEX')),
      (error: Error & { advice?: string }) => {
        assert.match(
          error.message,
          /CONFIG_FUTEX: Threads[^]*CONFIG_VIRTIO_FS: The root is[^]*CONFIG_DRM_VGEM: Stands in/,
        );
        assert.doesNotMatch(error.message, /UDMABUF|CONFIG_DRM:/);
        assert.match(error.advice ?? '', /guesthead lab config.*merge_config\.sh/);
        return true;
      },
    );
  });

  it('is refused where what the root needs is a module: there is no initrd to load it', () => {
    assert.throws(() => required(asModule('VIRTIO_FS')), {
      message: /CONFIG_VIRTIO_FS is a module.*without an initrd/,
    });
  });

  it('may have drivers as modules where the modules are there', () => {
    const config = asModule('DRM_VGEM', 'DRM_VIRTIO_GPU', 'OVERLAY_FS');
    assert.throws(() => required(config), { message: /has virtio-gpu and vgem as modules/, advice: /make modules/ });
    const drivers = { 'vgem.ko': moduleFile('vgem'), 'virtio-gpu.ko': moduleFile('virtio_gpu') };
    assert.deepEqual(required(config, drivers), []);
  });

  it('may lack what is only useful, which is said', () => {
    assert.deepEqual(required(without('UDMABUF')), [
      'the kernel is built without CONFIG_UDMABUF. The udmabuf path makes a dma-buf of a memfd with it.',
    ]);
  });

  it('stands in the build tree, where what was built last comes before what was edited since', () => {
    using folder = new Folder();
    const files = { '.config': 'CONFIG_EDITED=y\n', 'include/config/auto.conf': 'CONFIG_BUILT=y\n' };
    assert.deepEqual([...(readConfig(kernelWith(folder, files)) ?? [])], [['BUILT', 'y']]);
  });

  it('stands beside the image, or in it', () => {
    using folder = new Folder();
    const image = folder.write('boot/vmlinuz', bzImageWith(gzipSync(carrying('CONFIG_INSIDE=y\n'))));
    assert.deepEqual([...(readConfig(locateKernel({ kernel: image })) ?? [])], [['INSIDE', 'y']]);
    folder.write('boot/config-7.3.4', 'CONFIG_BESIDE=m\n');
    assert.deepEqual([...(readConfig(locateKernel({ kernel: image })) ?? [])], [['BESIDE', 'm']]);
  });

  it('is unknown where the image has none, or is packed with what nothing here unpacks', () => {
    using folder = new Folder();
    for (const payload of [
      gzipSync('no configuration'),
      Buffer.from('\x02\x21\x4c\x18 lz4', 'latin1'),
      Buffer.alloc(0),
    ]) {
      const kernel = locateKernel({ kernel: folder.write('vmlinuz', bzImageWith(payload)) });
      assert.equal(readConfig(kernel), undefined);
      assert.deepEqual(requireOptions(kernel), [], 'its boot will tell');
    }
  });

  it('shows in the modules where nothing else tells: a list of what is built in', () => {
    using folder = new Folder();
    const kernel = kernelWith(folder, {
      'modules.builtin': 'kernel/drivers/gpu/drm/virtio/virtio-gpu.ko\n',
    });
    assert.throws(() => requireOptions(kernel, undefined), { message: /CONFIG_DRM_VGEM.*neither built in nor/ });
    folder.write('tree/vgem.ko', moduleFile('vgem'));
    assert.deepEqual(requireOptions(locateKernel({ kernel: kernel.image })), []);
  });
});

function carrying(config: string): Buffer {
  return Buffer.concat([Buffer.alloc(100), Buffer.from('IKCFG_ST'), gzipSync(config), Buffer.from('IKCFG_ED')]);
}
