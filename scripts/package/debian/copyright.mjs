/** Debian's file of who may copy what: guesthead's own licence, and those of the packages inside. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../setup/run.mjs';

export function copyright(library) {
  const own = readFileSync(join(root, 'LICENSE'), 'utf8');
  const inside = packagesIn(join(library, 'node_modules')).map(describe);
  return [own, 'In /usr/lib/guesthead/node_modules are, each with its own licence beside it:\n', ...inside, ''].join(
    '\n',
  );
}

function describe({ folder, name, version, license, author }) {
  const by = typeof author === 'string' ? author : author?.name;
  const texts = readdirSync(folder).filter((file) => /^licen[cs]e/i.test(file));
  return ` ${name} ${version}: ${license}${by === undefined ? '' : `, by ${by}`}${texts.length === 0 ? '' : ` (${texts[0]})`}`;
}

function packagesIn(modules) {
  if (!existsSync(modules)) return [];
  const names = readdirSync(modules).filter((name) => !name.startsWith('.'));
  const folders = names.flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => join(name, inner)) : [name],
  );
  return folders.flatMap((name) => {
    const folder = join(modules, name);
    const own = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return [{ folder, ...own }, ...packagesIn(join(folder, 'node_modules'))];
  });
}
