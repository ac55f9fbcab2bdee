/** Takes out of the kernel's packages the few files that the lab boots with: 16 MB of some 120. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, attempt, run } from './run.mjs';

const fromModules = [
  'vmlinuz',
  'modules.order',
  'modules.builtin*',
  'kernel/drivers/virtio',
  'kernel/drivers/input/evdev.ko*',
  'kernel/drivers/input/misc/uinput.ko*',
  'kernel/fs/overlayfs',
  ...['*.ko*', 'clients', 'virtio', 'vgem'].map((name) => `kernel/drivers/gpu/drm/${name}`),
];

/** Older packages have the modules in /lib and the image in /boot; newer ones have both in /usr/lib/modules. */
const wanted = [
  './boot/vmlinuz-*',
  ...['./lib', './usr/lib'].flatMap((folder) => fromModules.map((path) => `${folder}/modules/*/${path}`)),
];

/** Fills `target` with `usr/lib/modules/RELEASE` (also as `lib/…`), vmlinuz in it, and `release` last. */
export async function unpackKernel(packages, target, release) {
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(packages)) await extract(join(packages, name), target);
  const modules = join(target, 'usr/lib/modules', release);
  settle(target, modules, release);
  for (const path of ['vmlinuz', 'kernel/fs/overlayfs', 'kernel/drivers/gpu/drm/virtio', 'kernel/drivers/gpu/drm/vgem'])
    if (!existsSync(join(modules, path)))
      throw new SetupError(`the packages of Linux ${release} have no ${path}`, { advice: 'please report this' });
  await run(['depmod', '-b', target, release]);
  writeFileSync(join(target, 'release'), `${release}\n`);
}

/** No package has all that is wanted, so tar's complaint about that is not an error; any other is. */
async function extract(archive, target) {
  const script = 'dpkg-deb --fsys-tarfile "$0" | tar -x --no-same-owner --wildcards --no-wildcards-match-slash "$@"';
  const { output } = await attempt(['sh', '-c', script, archive, ...wanted], { cwd: target, env: { LC_ALL: 'C' } });
  const expected = /: Not found in archive$|^tar: Exiting with failure status/;
  const errors = output.split('\n').filter((line) => line !== '' && !expected.test(line));
  if (errors.length > 0) throw new SetupError(`could not unpack ${archive}`, { output: errors.join('\n') });
}

/** Brings the older layouts into the newer one. */
function settle(target, modules, release) {
  const old = join(target, 'lib');
  mkdirSync(join(target, 'usr'), { recursive: true });
  if (existsSync(old)) renameSync(old, join(target, 'usr/lib'));
  symlinkSync('usr/lib', old);
  const image = join(target, `boot/vmlinuz-${release}`);
  if (existsSync(image)) renameSync(image, join(modules, 'vmlinuz'));
  rmSync(join(target, 'boot'), { recursive: true, force: true });
}
