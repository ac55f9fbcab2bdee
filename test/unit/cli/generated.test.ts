/** What is made of the sources and committed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { generatedFiles } from '../../../scripts/generate/files.mjs';
import { createProgram } from '../../../src/cli/program.js';
import { packageRoot } from '../../../src/package-root.js';

const committed = (path: string) => readFileSync(join(packageRoot, path), 'utf8');

describe('what is made of the sources', async () => {
  for (const [path, text] of Object.entries(await generatedFiles()))
    it(`is committed as it is made now, else run \`npm run generate\`: ${path}`, () => {
      assert.equal(committed(path), text);
    });
});

/** The page as groff prints it, without the bold and underlined letters' overstrikes. */
function formatted(): { text: string; warnings: string } {
  const args = ['-man', '-Tascii', '-ww', '-P-cbou', '-rLL=200n', join(packageRoot, 'man/guesthead.1')];
  const { stdout, stderr } = spawnSync('groff', args, { encoding: 'utf8' });
  return { text: stdout, warnings: stderr };
}

const hasGroff = spawnSync('groff', ['--version']).status === 0;

describe('the man page', () => {
  it('has every section, in its order', () => {
    const sections = [...committed('man/guesthead.1').matchAll(/^\.SH (.*)$/gm)].map(([, name]) => name);
    const first = ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'COMMANDS', 'CONFIGURATION'];
    assert.deepEqual(sections, [...first, 'EXIT STATUS', 'ENVIRONMENT', 'FILES', 'EXAMPLES', 'SEE ALSO']);
  });

  it('is formatted without a warning', { skip: hasGroff ? false : 'groff is not installed' }, () => {
    assert.equal(formatted().warnings, '');
  });

  it('shows each option that the help shows', { skip: hasGroff ? false : 'groff is not installed' }, () => {
    const { text } = formatted();
    const run = createProgram().commands.find((command) => command.name() === 'run')!;
    const help = run.createHelp();
    for (const option of help.visibleOptions(run)) assert.ok(text.includes(help.optionTerm(option)), option.flags);
    for (const { description } of run.options.filter(({ hidden }) => !hidden))
      assert.ok(text.replace(/\s+/g, ' ').includes(description), description);
  });
});
