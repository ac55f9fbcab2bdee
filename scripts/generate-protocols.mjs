#!/usr/bin/env node
/**
 * Writes src/wayland/protocol/ anew from the protocols' own XML: `node scripts/generate-protocols.mjs FOLDER…`, where the
 * folders are searched for the files named below. Debian 13 has them in libwayland-dev (wayland.xml) and wayland-protocols.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { formatted } from './generate/formatted.mjs';
import { readProtocol } from './wayland/read-protocol.mjs';
import { enumsModule, tablesModule, typesModule } from './wayland/write-protocol.mjs';
import { root } from './setup/run.mjs';

/** What the compositor offers, and what those refer to. */
const wanted = [
  'wayland',
  'xdg-shell',
  'viewporter',
  'presentation-time',
  'linux-dmabuf-v1',
  'tablet-v2',
  'xdg-output-unstable-v1',
  'xdg-decoration-unstable-v1',
  'fractional-scale-v1',
  'cursor-shape-v1',
  'single-pixel-buffer-v1',
  'xdg-activation-v1',
  'primary-selection-unstable-v1',
  'idle-inhibit-unstable-v1',
  'ext-idle-notify-v1',
  'text-input-unstable-v3',
  'relative-pointer-unstable-v1',
  'pointer-constraints-unstable-v1',
  'xdg-toplevel-icon-v1',
  'content-type-v1',
  'tearing-control-v1',
  'xdg-system-bell-v1',
  'keyboard-shortcuts-inhibit-unstable-v1',
  'linux-drm-syncobj-v1',
  'fifo-v1',
  'commit-timing-v1',
];

/** libwayland serves these itself. */
const ownOfLibrary = ['wl_display', 'wl_registry'];

async function main(folders) {
  const found = new Map(folders.flatMap(filesIn).map((path) => [basename(path, '.xml'), path]));
  const missing = wanted.filter((name) => !found.has(name));
  if (missing.length > 0) {
    console.error(`no XML of ${missing.join(', ')} in ${folders.join(', ') || 'no folder'}`);
    return 1;
  }
  const interfaces = wanted
    .flatMap((name) => readProtocol(readFileSync(found.get(name), 'utf8')))
    .filter(({ name }) => !ownOfLibrary.includes(name));
  const modules = { tables: tablesModule, types: typesModule, enums: enumsModule };
  for (const [name, write] of Object.entries(modules)) {
    const file = join(root, `src/wayland/protocol/${name}.ts`);
    writeFileSync(file, await formatted(file, write(interfaces)));
  }
  console.log(`${interfaces.length} interfaces`);
  return 0;
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.xml'))
    .map((name) => join(folder, name));
}

process.exitCode = await main(process.argv.slice(2));
