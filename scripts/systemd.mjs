#!/usr/bin/env node
/**
 * `node scripts/systemd.mjs ROOT [kiosk|logind]`: an example unit under a real systemd, by hand. ROOT is a tree with systemd and Node, e.g.
 *
 *   mmdebstrap --variant=minbase --include=nodejs,libdrm2,libgbm1,libegl1,libgles2,libgl1-mesa-dri,systemd-sysv,udev,dbus trixie ROOT
 *
 * for the others also with libwayland-server0,libpixman-1-0,libinput10,libxkbcommon0,xkb-data,weston,procps, for `logind` with
 * libseat1,libpam-systemd,login,kbd: a kiosk in a session at the seat, and not a unit. The package is packed,
 * installed as a user would, and its unit started in the lab with systemd as PID 1; systemd/unit.sh, or systemd/kiosk.sh,
 * shows READY, the watchdog, the restart after a kill, and the journal; systemd/logind.sh that the terminal may be left and come
 * back to. Takes some minutes under emulation.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { passThrough } from './pass-through.mjs';
import { root } from './setup/run.mjs';

const folder = join(root, '.lab/systemd');

function installPackage() {
  const run = (program, ...args) =>
    execFileSync(program, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  run(process.execPath, 'scripts/prebuild.mjs', '--arch', process.arch);
  const said = run('npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', folder);
  const [{ filename }] = Object.values(JSON.parse(said));
  run('npm', 'install', '--global', '--prefix', join(folder, 'prefix'), '--ignore-scripts', join(folder, filename));
}

const units = { run: ['unit.sh'], kiosk: ['kiosk.sh', '--input'], logind: ['logind.sh', '--input'] };
const [tree, which = 'run'] = process.argv.slice(2);
const [script, ...options] = units[which] ?? [];
if (tree === undefined || script === undefined) {
  console.error('usage: node scripts/systemd.mjs ROOT [kiosk|logind]');
  process.exitCode = 2;
} else {
  installPackage();
  const lab = [
    'lab',
    'run',
    '--root',
    tree,
    '--init',
    '/sbin/init',
    ...options,
    '--',
    'sh',
    `scripts/systemd/${script}`,
  ];
  process.exitCode = await passThrough([process.execPath, 'dist/cli/main.cjs', ...lab]);
}
