/** What is compiled of the addon: a source that stands in no unit would be missed only when something calls it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { packageRoot } from '../../../src/package-root.js';

const native = join(packageRoot, 'native');
const textOf = (file: string) => readFileSync(join(native, file), 'utf8');
const units = readdirSync(join(native, 'units'));

it('each source of the addon stands in the unit of its folder, and each unit is compiled', () => {
  const compiled = textOf('binding.gyp');
  for (const unit of units) {
    assert.ok(compiled.includes(`'units/${unit}'`), unit);
    const folder = unit.replace(/\.cc$/, '');
    const sources = readdirSync(join(native, folder)).filter((name) => name.endsWith('.cc'));
    const included = [...textOf(`units/${unit}`).matchAll(/^#include "(.*)"$/gm)].map(([, file]) => file);
    assert.deepEqual(included.sort(), sources.map((name) => `${folder}/${name}`).sort());
  }
});

it('and each folder with sources has a unit', () => {
  const folders = readdirSync(native, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(build|prebuilds|units)/.test(entry.name))
    .filter(({ name }) => readdirSync(join(native, name)).some((file) => file.endsWith('.cc')));
  assert.deepEqual(folders.map(({ name }) => `${name}.cc`).sort(), units.sort());
});
