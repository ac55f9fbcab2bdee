/** `guesthead compare` as a command: what it prints, and the exit status that a bisection goes by. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Command } from 'commander';
import { addCompareCommand } from '../../../src/cli/compare.js';
import type { Comparison } from '../../../src/report/compare/index.js';
import { recordedHead } from '../../support/recorded-runs.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-compare-'));
const file = (name: string, content: object) => {
  const path = join(folder, name);
  writeFileSync(path, `a line before it\n${JSON.stringify(content)}\n`);
  return path;
};
const a = file('a.json', recordedHead(1));
const slow = file('slow.json', recordedHead(2, { factor: 1.3 }));
after(() => {
  rmSync(folder, { recursive: true });
});

/** Its standard output and exit status. */
async function compare(...words: readonly string[]): Promise<{ stdout: string; status: unknown }> {
  const before = process.exitCode;
  try {
    const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
    let stdout = '';
    addCompareCommand(program, (text) => (stdout += text));
    for (const command of program.commands) command.exitOverride();
    await program.parseAsync(['compare', ...words], { from: 'user' });
    return { stdout, status: process.exitCode };
  } finally {
    process.exitCode = before;
  }
}

describe('guesthead compare', () => {
  it('exits with 0 where nothing is worse, with 1 where something is', async () => {
    const same = await compare(a, a);
    assert.equal(same.status, 0);
    assert.match(same.stdout, /verdict: same\n$/);
    const worse = await compare(a, slow);
    assert.equal(worse.status, 1);
    assert.match(worse.stdout, /^- Virtual-1: commitMs[^]*verdict: regression\n$/m);
  });

  it('prints one JSON object, by the limits that are named', async () => {
    const { stdout, status } = await compare(a, slow, '--json', '--threshold', '50', '--alpha', '0.05');
    const comparison = JSON.parse(stdout) as Comparison;
    assert.deepEqual(
      [status, comparison.verdict, comparison.thresholdPercent, comparison.alpha],
      [0, 'same', 50, 0.05],
    );
  });

  it('refuses what it cannot read, and limits that are none', async () => {
    await assert.rejects(compare(a, join(folder, 'none.json')), { code: 'ERR_USAGE', message: /none\.json.*ENOENT/ });
    await assert.rejects(compare(a, file('b.json', {})), { code: 'ERR_USAGE', advice: /--json --samples/ });
    for (const words of [
      ['--alpha', '0'],
      ['--alpha', '1'],
      ['--alpha', 'x'],
      ['--threshold', '-1'],
      ['--threshold', '5%'],
    ])
      await assert.rejects(compare(a, a, ...words), { code: 'commander.invalidArgument' });
  });
});
