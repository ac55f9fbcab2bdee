import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diagnose } from '../../../../src/lab/kernel/diagnosis.js';
import { kernelOptions } from '../../../../src/lab/kernel/options.js';

/** Lines as kernels and the lab's init wrote them; time stamps in front are the kernel's. */
const consoles: readonly (readonly [text: string, means: RegExp])[] = [
  ['', /says nothing.*CONFIG_SERIAL_8250_CONSOLE/],
  [
    '[    0.69] virtiofs: tag <rootfs> not found\n[    0.7] Kernel panic - not syncing: VFS: Unable to mount root fs on "rootfs" or unknown-block(0,0)',
    /CONFIG_VIRTIO_PCI/,
  ],
  [
    '[    0.7] VFS: Cannot open root device "rootfs" or unknown-block(0,0): error -19\n[    0.7] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
    /CONFIG_VIRTIO_FS, CONFIG_FUSE_FS/,
  ],
  ['[ 1.1] Kernel panic - not syncing: Requested init /tmp/guesthead-x/init failed (error -8).', /CONFIG_BINFMT_ELF/],
  ['guesthead init: mount /dev: No such device', /CONFIG_DEVTMPFS/],
  ['guesthead init: mount the scratch layer: No such device', /CONFIG_TMPFS/],
  [
    'guesthead init: mount an overlay (CONFIG_OVERLAY_FS, built in or as a module beside the kernel): No such device',
    /CONFIG_OVERLAY_FS/,
  ],
  ['guesthead init: open /dev/virtio-ports/guesthead.agent: No such file or directory', /CONFIG_VIRTIO_CONSOLE/],
  ['guesthead init: signalfd: Function not implemented', /CONFIG_SIGNALFD/],
  [
    'guesthead init: could not load /tmp/guesthead-x/modules/00-drm.ko\nguesthead init: load a module: Function not implemented',
    /CONFIG_MODULES/,
  ],
  ["[ 2.0] vgem: version magic '7.3.5 SMP ' should be '7.3.4 SMP '", /vgem was built for.*7\.3\.5.*7\.3\.4/],
  ['[ 2.0] vgem: Unknown symbol drm_gem_foo (err -2)', /vgem is of another build/],
  ['guesthead init: load a module: Key was rejected by service', /CONFIG_MODULE_SIG_FORCE/],
  ['guesthead init: load a module: Operation not supported', /CONFIG_MODULE_DECOMPRESS.*xz-utils/],
  ['[ 3.0] Kernel panic - not syncing: System is deadlocked on memory', /--memory/],
];

describe('a boot that fails', () => {
  for (const [text, means] of consoles)
    it(`names what is missing: ${text === '' ? 'an empty console' : (text.split('\n').at(-1) ?? '').slice(0, 90)}`, () => {
      assert.match(diagnose(text) ?? 'nothing', means);
    });

  it('has no advice for what nobody has seen', () => {
    assert.equal(diagnose('[    0.0] Linux version 7.3.4\n[   1.0] BUG: unable to handle page fault'), undefined);
  });

  it('asks for options that the fragment has', () => {
    const known = new Set([
      ...kernelOptions.map(({ name }) => name),
      'MODULES',
      'MODULE_SIG_FORCE',
      'MODULE_DECOMPRESS',
    ]);
    for (const [text] of consoles)
      for (const [, name = ''] of (diagnose(text) ?? '').matchAll(/CONFIG_(\w+)/g)) assert.ok(known.has(name), name);
  });
});
