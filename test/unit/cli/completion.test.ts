/** The completion scripts, as bash's own functions and each shell's parser see them. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { completionScript } from '../../../src/cli/completion.js';
import { createProgram } from '../../../src/cli/program.js';
import { skipWithout } from '../../support/terminal.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-completion-'));
after(() => rmSync(folder, { recursive: true }));

const shells = ['bash', 'zsh', 'fish'] as const;
before(async () => {
  for (const shell of shells) writeFileSync(join(folder, shell), await completionScript(createProgram(), shell));
  writeFileSync(join(folder, 'a file.json'), '{}');
});

/** What bash offers for the last of the words. */
function offered(...words: string[]): string[] {
  const complete = [
    'source ./bash',
    'COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))',
    '_guesthead',
    '(( ${#COMPREPLY[@]} == 0 )) || printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('; ');
  const out = execFileSync('bash', ['--norc', '-c', complete, 'bash', ...words], { cwd: folder, encoding: 'utf8' });
  return out.split('\n').filter((line) => line !== '');
}

describe('completion in bash', () => {
  it('offers the commands', () => {
    const names = createProgram().commands.map((command) => command.name());
    assert.deepEqual(offered('guesthead', ''), [...names, 'help']);
    assert.deepEqual(offered('guesthead', 'ru'), ['run']);
    assert.deepEqual(offered('guesthead', 'lab', ''), ['run', 'shell', 'setup', 'config', 'help']);
  });

  it('offers a command’s options, every one of them', () => {
    const run = createProgram().commands.find((command) => command.name() === 'run')!;
    const all = offered('guesthead', 'run', '--');
    for (const { long, hidden } of run.options) assert.equal(all.includes(long!), !hidden, long);
    assert.deepEqual(offered('guesthead', 'run', '--path', 'copy', '--pa'), ['--path', '--pattern']);
    assert.deepEqual(offered('guesthead', 'lab', 'run', '--ke'), ['--keep-log', '--kernel'].sort().reverse());
  });

  it('offers an option’s choices, after a space or an equals sign', () => {
    assert.deepEqual(offered('guesthead', 'run', '--present-mode', ''), ['fifo', 'mailbox']);
    assert.deepEqual(offered('guesthead', 'run', '--present-mode', '=', 'm'), ['mailbox']);
    assert.deepEqual(offered('guesthead', 'run', '--present-mode', '='), ['fifo', 'mailbox']);
    assert.deepEqual(offered('guesthead', 'lab', 'run', '--blob', 'o'), ['on', 'off']);
    assert.deepEqual(offered('guesthead', 'completion', ''), [...shells]);
  });

  it('offers files where a file is meant, and nothing where any word is', () => {
    assert.deepEqual(offered('guesthead', 'run', '--config', 'a'), ['a file.json']);
    assert.deepEqual(offered('guesthead', 'lab', 'run', '--kernel', 'fi'), ['fish']);
    assert.deepEqual(offered('guesthead', 'lab', 'run', '--', './fi'), ['./fish']);
    assert.deepEqual(offered('guesthead', 'run', '--mode', ''), []);
    assert.deepEqual(offered('guesthead', 'lab', 'run', '--', 'guesthead', 'run', '--pa'), []);
  });
});

describe('the completion script', () => {
  for (const shell of shells)
    it(`is read by ${shell}`, { skip: skipWithout(shell) }, () => {
      const { status, stderr } = spawnSync(shell, ['-n', join(folder, shell)], { encoding: 'utf8' });
      assert.deepEqual([status, stderr], [0, '']);
    });

  it('names every command and choice in all shells', async () => {
    for (const shell of shells) {
      const script = await completionScript(createProgram(), shell);
      for (const word of ['completion', 'shell', 'present-mode', 'mailbox', 'udmabuf', 'keep-log'])
        assert.match(script, new RegExp(`\\b${word}\\b`), `${word} in ${shell}`);
    }
  });
});
