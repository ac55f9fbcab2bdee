/** The documentation's API is made of what the package exports, all of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { packageRoot } from '../../../src/package-root.js';

const json = <T>(file: string) => JSON.parse(readFileSync(join(packageRoot, file), 'utf8')) as T;

it('each entry of the package is documented, and typedoc’s compiler has it', () => {
  const { exports } = json<{ exports: Record<string, string | { types: string }> }>('package.json');
  const entries = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.types]));
  const sources = entries.map((types) => types.replace('./dist', '../src').replace(/\.d\.ts$/, '.ts'));
  assert.ok(sources.length > 0);
  assert.deepEqual(json<{ entryPoints: string[] }>('docs/typedoc.json').entryPoints, sources);
  assert.deepEqual(json<{ files: string[] }>('docs/tsconfig.json').files, sources);
});
