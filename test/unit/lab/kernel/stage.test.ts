import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, it } from 'node:test';
import { locateKernel } from '../../../../src/lab/kernel/locate.js';
import { stageModules } from '../../../../src/lab/kernel/stage.js';
import { bzImage, Folder, moduleFile, type ModuleFacts } from '../../../support/made-up-kernel.js';

/** What stands in the run's folder for a tree with these modules. */
function staged(folder: Folder, vgem: ModuleFacts, others: readonly string[] = []): string[] {
  folder.write('tree/arch/x86/boot/bzImage', bzImage('7.3.4'));
  folder.write('tree/drm.ko', moduleFile('drm'));
  folder.write('tree/virtio-gpu.ko.gz', gzipSync(moduleFile('virtio_gpu', { depends: ['drm'] })));
  folder.write('tree/vgem.ko', moduleFile('vgem', { depends: ['drm'], ...vgem }));
  stageModules(locateKernel({ kernel: join(folder.path, 'tree') }), join(folder.path, 'run'), others);
  return readdirSync(join(folder.path, 'run')).sort();
}

describe('the modules of a run', () => {
  it('lie in its folder in the order of their loading, unpacked', () => {
    using folder = new Folder();
    assert.deepEqual(staged(folder, {}), ['00-drm.ko', '01-virtio-gpu.ko', '02-vgem.ko']);
    const unpacked = readFileSync(join(folder.path, 'run/01-virtio-gpu.ko'));
    assert.deepEqual(unpacked, moduleFile('virtio_gpu', { depends: ['drm'] }));
  });

  it('are also others that were asked for, where there are any', () => {
    using folder = new Folder();
    folder.write('tree/evdev.ko', moduleFile('evdev'));
    assert.deepEqual(staged(folder, {}, ['evdev', 'uinput']), [
      '00-drm.ko',
      '01-virtio-gpu.ko',
      '02-vgem.ko',
      '03-evdev.ko',
    ]);
  });

  it('are none where all is built in, and the folder is there all the same', () => {
    using folder = new Folder({ bzImage: bzImage('7.3.4') });
    stageModules(locateKernel({ kernel: join(folder.path, 'bzImage') }), join(folder.path, 'run'));
    assert.deepEqual(readdirSync(join(folder.path, 'run')), []);
  });

  it('are refused where they are of another build than the image', () => {
    using folder = new Folder();
    assert.throws(() => staged(folder, { vermagic: '7.3.5 SMP mod_unload ' }), {
      code: 'ERR_LAB',
      message: /vgem\.ko is of Linux 7\.3\.5.*7\.3\.4/,
      advice: /make/,
    });
  });

  it('may say another release where the kernel compares the versions of symbols instead', () => {
    using folder = new Folder();
    assert.equal(staged(folder, { vermagic: '7.3.5 SMP mod_unload modversions ' }).length, 3);
  });
});
