/** What dpkg reads of the package: its dependencies, its configuration file, and what is done when it comes and goes. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { library, write } from './tree.mjs';
import { unitNames } from './units.mjs';
import { oldestGlibc } from '../targets.mjs';
import { cacheWriter } from '../../setup/checkout.mjs';

/**
 * Debian 13 has such a Node. Debian 12 has 18: there the user takes one of a package named `nodejs` from elsewhere,
 * such as NodeSource's, which fulfils this, too.
 */
const depends = ['nodejs (>= 20.19)', `libc6 (>= ${oldestGlibc})`, 'libgcc-s1', 'libstdc++6', 'libdrm2', 'libgbm1'];
/** Mesa's drivers, without which GBM allocates nothing on most GPUs; EGL and GLES, to draw on one, which is loaded where that is asked for; the display's make and model. */
const recommends = ['libgl1-mesa-dri', 'libegl1', 'libgles2', 'libdisplay-info3 | libdisplay-info2 | libdisplay-info1'];
/** For `guesthead kiosk`, and for `guesthead lab`: few who install the command on a guest have a use for them. */
const suggests = [
  ...['libwayland-server0', 'libpixman-1-0', 'libinput10', 'libxkbcommon0', 'xkb-data', 'libseat1'],
  ...['qemu-system-x86', 'virtiofsd', 'bubblewrap', 'kmod', 'xz-utils'],
];

const description = [
  "gives a virtual machine's headless GPU a head",
  ' Allocates buffers on a GPU without a display (an SR-IOV virtual function, a',
  ' passed-through GPU), imports them into virtio-gpu and page-flips them at the',
  " display's full rate, without a copy. With a prober for guests and hosts, and a",
  ' lab that runs the real kernel driver on machines without the hardware.',
];

export async function writeControl(tree, { version, architecture }) {
  const { DEBFULLNAME: name = 'The authors of guesthead', DEBEMAIL: email = 'guesthead@invalid' } = process.env;
  const fields = {
    Package: 'guesthead',
    Version: version,
    Architecture: architecture,
    Maintainer: `${name} <${email}>`,
    'Installed-Size': installedKiB(tree),
    Depends: depends.join(', '),
    Recommends: recommends.join(', '),
    Suggests: suggests.join(', '),
    Section: 'admin',
    Priority: 'optional',
    Description: description.join('\n'),
  };
  const lines = Object.entries(fields).map(([field, value]) => `${field}: ${value}`);
  const file = (path, content, mode) => write(join(tree, 'DEBIAN', path), content, mode);
  file('md5sums', checksums(tree)); // before there is anything of dpkg's own
  file('control', `${lines.join('\n')}\n`);
  file('conffiles', '/etc/guesthead/guesthead.config.json\n');
  for (const [name, text] of Object.entries(maintainerScripts())) file(name, text, 0o755);
}

/**
 * No unit is enabled or started by the package; one that runs goes on with the new version, and ends with the package. V8's code
 * cache fits the Node of this machine alone, and so is made here, as the build makes it in a checkout; without it all works, later.
 */
export function maintainerScripts() {
  const units = unitNames.join(' ');
  return {
    postinst: script(
      when('[ "$1" = configure ]', `node /${library}/${cacheWriter} > /dev/null 2>&1 || true`),
      when(`[ "$1" = configure ] && ${hasSystemd}`, ...systemctl('daemon-reload', `try-restart ${units}`)),
    ),
    prerm: script(
      when(`[ "$1" = remove ] && ${hasSystemd}`, ...systemctl(`disable --now ${units}`)),
      `rm -f /${library}/dist/cli/program.cache`,
    ),
    postrm: script(when(`[ "$1" = remove ] && ${hasSystemd}`, ...systemctl('daemon-reload'))),
  };
}

const hasSystemd = '[ -d /run/systemd/system ]';
const systemctl = (...verbs) => verbs.map((verb) => `systemctl ${verb} || true`);
const when = (condition, ...lines) => [`if ${condition}; then`, ...lines.map((line) => `  ${line}`), 'fi'].join('\n');
const script = (...parts) => ['#!/bin/sh', 'set -e', ...parts, ''].join('\n');

const shell = (line, cwd) => execFileSync('sh', ['-c', line], { cwd, encoding: 'utf8' });
const installedKiB = (tree) => Number.parseInt(shell('du -ks .', tree), 10);
const checksums = (tree) => shell('find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum', tree);
