/** A tab in the three shells, on a terminal, with what the built command prints. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createProgram } from '../../../src/cli/program.js';
import { packageRoot } from '../../../src/package-root.js';
import { skipWithout, Terminal } from '../../support/terminal.js';

const home = mkdtempSync(join(tmpdir(), 'guesthead-shells-'));
after(() => rmSync(home, { recursive: true }));
writeFileSync(
  join(home, 'guesthead'),
  `#!/bin/sh\nexec ${process.execPath} ${join(packageRoot, 'dist/cli/main.cjs')} "$@"\n`,
);
chmodSync(join(home, 'guesthead'), 0o755);

/** Each as its owner's settings would load it, and none of the settings of who runs the test. */
const shells = [
  ['bash', 'bash --norc --noprofile', 'source <(guesthead completion bash); bind "set show-all-if-ambiguous on"'],
  ['zsh', 'zsh -f', 'autoload -U compinit; compinit -D -u; source <(guesthead completion zsh)'],
  ['fish', 'fish --no-config', 'guesthead completion fish | source'],
] as const;

/** What stands on the screen behind the line that was typed, once all of `wanted` does. */
async function offered(terminal: Terminal, typed: string, wanted: readonly string[]): Promise<string> {
  // No C-c: where it comes late, it takes what is typed after it along.
  terminal.press('C-u');
  terminal.press('C-l');
  terminal.type(typed);
  await terminal.until((screen) => screen.includes(typed.trim()));
  terminal.press('Tab');
  terminal.press('Tab');
  return terminal.until((screen) => wanted.every((word) => screen.includes(word)) && screen);
}

describe('a tab', () => {
  for (const [shell, command, load] of shells)
    it(`in ${shell} offers what the built command has`, { skip: skipWithout(shell) }, async () => {
      const env = {
        HOME: home,
        PATH: `${home}:${process.env['PATH'] ?? ''}`,
        PS1: '> ',
        PROMPT: '> ',
        LANG: 'C.UTF-8',
      };
      const terminal = new Terminal(command, { columns: 150, rows: 60, cwd: home, env });
      try {
        terminal.type(`${load}; echo "load"ed`);
        terminal.press('Enter');
        await terminal.until((screen) => /^loaded/m.test(screen));
        const options = await offered(terminal, 'guesthead run --pa', ['--path', '--pattern']);
        assert.match(options, /guesthead run --pat/);
        assert.doesNotMatch(options, /--buffers/);
        await offered(terminal, 'guesthead run --present-mode ', ['fifo', 'mailbox']);
        await offered(terminal, 'guesthead ', createProgram().commands.map((each) => each.name())); // oxfmt-ignore
      } finally {
        terminal.close();
      }
    });
});
