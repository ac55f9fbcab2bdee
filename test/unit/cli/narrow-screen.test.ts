/** What the built command says at length, on a narrow terminal: tmux, whose screen is read. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { packageRoot } from '../../../src/package-root.js';
import { recordedHead } from '../../support/recorded-runs.js';
import { skipWithout, Terminal } from '../../support/terminal.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-narrow-'));
after(() => {
  rmSync(folder, { recursive: true });
});
writeFileSync(join(folder, 'a.json'), JSON.stringify(recordedHead(1)));
writeFileSync(join(folder, 'b.json'), JSON.stringify(recordedHead(2, { factor: 1.3 })));

const command = `${process.execPath} ${join(packageRoot, 'dist/cli/main.cjs')}`;
const end = 'this is the end';

function tokensOf(text: string): string[] {
  return text.split(/\s+/).filter((token) => token !== '');
}

async function linesOf(words: string, columns: number): Promise<string[]> {
  const terminal = new Terminal(`${command} ${words}; echo ${end}`, { columns, cwd: folder, env: { NO_COLOR: '1' } });
  try {
    await terminal.until((screen) => screen.includes(end));
    return terminal.lines.slice(0, -1);
  } finally {
    terminal.close();
  }
}

/** Left to the terminal to break: a command, so that it can be copied, and a word longer than a row. */
function isWhole(line: string): boolean {
  const isTyped = /(^ +|: +)(guesthead|git|npm|npx) |^\s*`[^`]*`[^\s`]*$/.test(line);
  return isTyped || tokensOf(line).length === 1;
}

describe('on a narrow terminal', { skip: skipWithout() }, () => {
  for (const words of [
    '--help',
    'run --help',
    'probe',
    'compare a.json b.json',
    'host check',
    'run --config none.json',
  ])
    for (const columns of [40, 80])
      it(`guesthead ${words} breaks no word in ${columns} columns`, async () => {
        const { stdout, stderr } = spawnSync('sh', ['-c', `${command} ${words}`], { cwd: folder, encoding: 'utf8' });
        const whole = new Set(tokensOf(stdout + stderr));
        const lines = await linesOf(words, columns);
        assert.ok(lines.length > 0);
        assert.deepEqual(
          lines.filter((line) => line.length > columns && !isWhole(line)),
          [],
        );
        assert.deepEqual(
          lines.filter((line) => tokensOf(line).some((token) => !whole.has(token))),
          [],
        );
      });
});
