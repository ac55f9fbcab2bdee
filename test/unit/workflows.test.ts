/** What runs elsewhere, where no test of ours sees it: it does nothing that cannot be done, and tested, here. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { packageRoot } from '../../src/package-root.js';

const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const names = readdirSync(join(packageRoot, '.github/workflows'));
const commands = names.flatMap((name) =>
  [...read(`.github/workflows/${name}`).matchAll(/^ *- run: (.*)$/gm)].map(([, command = '']) => ({ name, command })),
);

describe('the workflows', () => {
  for (const { name, command } of commands)
    it(`${name} calls npm: ${command}`, () => {
      const [program, verb = '', script = ''] = command.split(' ');
      assert.equal(program, 'npm');
      if (verb === 'run') assert.ok(script in scripts, script);
      else assert.ok(['test', 'publish', 'pkg'].includes(verb), verb);
    });

  it('run nothing in another way', () => {
    const text = names.map((name) => read(`.github/workflows/${name}`)).join('\n');
    assert.equal([...text.matchAll(/\brun:/g)].length, commands.length);
  });

  it('test on every Node that the package is for', () => {
    const [, tested = ''] = /node: \[(.*)\]/.exec(read('.github/workflows/test.yml')) ?? [];
    assert.deepEqual(tested.split(', '), ['20', '22', '24', '26']);
  });

  it('publish with provenance', () => {
    assert.ok(commands.some(({ command }) => /^npm publish .*--provenance\b/.test(command)));
    assert.match(read('.github/workflows/publish.yml'), /id-token: write/);
  });
});

describe('the issue templates', () => {
  it('ask for what the machine can do, without what is nobody’s business', () => {
    const folder = '.github/ISSUE_TEMPLATE';
    const forms = readdirSync(join(packageRoot, folder)).filter((name) => name !== 'config.yml');
    for (const name of forms) assert.match(read(join(folder, name)), /guesthead probe --json --redact/, name);
    assert.ok(forms.length > 0);
  });
});
