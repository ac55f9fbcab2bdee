/** The files of the Debian package: the npm package with what it depends on, and what a distribution adds to a command. */
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root, run } from '../../setup/run.mjs';
import { copyright } from './copyright.mjs';
import { installPackage } from './install.mjs';
import { unitNames, unitText } from './units.mjs';

/** Below `/`. */
export const library = 'usr/lib/guesthead';
const command = 'dist/cli/main.cjs';

export async function fillTree(tree, arch) {
  await installPackage(join(tree, library), arch);
  mkdirSync(join(tree, 'usr/bin'), { recursive: true });
  symlinkSync(`../lib/guesthead/${command}`, join(tree, 'usr/bin/guesthead'));
  const files = {
    ...(await completions()),
    'usr/share/man/man1/guesthead.1.gz': compressed('man/guesthead.1'),
    ...Object.fromEntries(unitNames.map((name) => [`usr/lib/systemd/system/${name}`, unitText(name)])),
    'etc/guesthead/guesthead.config.json': `${JSON.stringify(config, undefined, 2)}\n`,
    'usr/share/doc/guesthead/copyright': copyright(join(tree, library)),
    'usr/share/doc/guesthead/README.md.gz': compressed('README.md'),
  };
  for (const [path, content] of Object.entries(files)) write(join(tree, path), content);
  await run(['chmod', '-R', 'u=rwX,go=rX', tree]); // whatever the umask was
}

/** What the unit's command reads: as much as a machine without a keyboard needs. */
const config = {
  $schema: `/${library}/schemas/config.schema.json`,
  connector: ['all'],
  reopen: true,
  wait: true,
};

/** Where each shell looks for what a package brings. */
async function completions() {
  const paths = {
    bash: 'usr/share/bash-completion/completions/guesthead',
    zsh: 'usr/share/zsh/vendor-completions/_guesthead',
    fish: 'usr/share/fish/vendor_completions.d/guesthead.fish',
  };
  const scripts = Object.entries(paths).map(async ([shell, path]) => [
    path,
    await run([process.execPath, command, 'completion', shell]),
  ]);
  return Object.fromEntries(await Promise.all(scripts));
}

const compressed = (path) => gzipSync(readFileSync(join(root, path)), { level: 9 });

export function write(path, content, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
}
