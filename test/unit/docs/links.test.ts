/** No document leads nowhere. What the site links of its own, `npm run docs` checks once more. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';
import { packageRoot } from '../../../src/package-root.js';
import { anchorsOf, documents, linksOf } from '../../support/documents.js';

const all = documents();

/** What is wrong with a link, or undefined. */
function faultOf(from: string, target: string): string | undefined {
  if (/^https?:/.test(target)) return undefined;
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : normalize(join(dirname(from), file));
  const isOfSite = from.startsWith('docs/');
  if (isOfSite && path.startsWith('docs/api/')) return undefined; // made by `npm run docs`, which checks it
  if (isOfSite && !path.startsWith('docs/')) return 'leaves the site: name the file instead';
  if (!existsSync(join(packageRoot, path))) return 'no such file';
  const document = all.find((other) => other.path === path);
  if (anchor !== undefined && document !== undefined && !anchorsOf(document).includes(anchor)) return 'no such heading';
  return undefined;
}

describe('the documents', () => {
  for (const document of all)
    it(`${document.path} links to what there is`, () => {
      const dead = linksOf(document).flatMap((target) => {
        const fault = faultOf(document.path, target);
        return fault === undefined ? [] : [`${target}: ${fault}`];
      });
      assert.deepEqual(dead, []);
    });

  it('README.md is read to its end: it has at most 150 lines', () => {
    const [readme] = all.filter(({ path }) => path === 'README.md');
    assert.ok((readme?.text.split('\n').length ?? Infinity) <= 151);
  });

  it('are all in the menu of the site', () => {
    const config = readFileSync(join(packageRoot, 'docs/.vitepress/config.mjs'), 'utf8');
    const menu = [...config.matchAll(/page\('[^']*', '\/([\w-]+)'\)/g)].map(([, name]) => `docs/${name}.md`);
    const pages = all.map(({ path }) => path).filter((path) => path.startsWith('docs/') && path !== 'docs/index.md');
    assert.deepEqual([...new Set(menu)].sort(), pages.sort());
  });
});
