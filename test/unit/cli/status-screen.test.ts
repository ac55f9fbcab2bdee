/** The live line as a terminal shows it: tmux, whose screen is looked at. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { before, describe, it } from 'node:test';
import { bundle } from '../../../scripts/setup/bundle.mjs';
import { packageRoot } from '../../../src/package-root.js';
import { skipWithout, Terminal } from '../../support/terminal.js';

const program = '.lab/scripts/status/status.js';
before(() => {
  bundle({ status: 'test/support/status-program.ts' }, '.lab/scripts/status');
});

/** What stands below the program's own first word; everything where that is gone. */
function below(screen: string): string {
  return screen.slice(screen.lastIndexOf('before\n') + 'before\n'.length);
}

/** On a screen that is full, as they are; resolves to what stands there after Ctrl-C. */
async function looking(
  columns: number,
  connectors: string,
  look: (terminal: Terminal) => Promise<unknown>,
): Promise<string> {
  // The shell lives on: of a command that has ended tmux shows no cursor.
  const command = `trap : INT; seq 40; ${process.execPath} ${program} ${connectors}; exec sleep 60`;
  const terminal = new Terminal(command, { columns, cwd: packageRoot });
  try {
    await terminal.until((screen) => below(screen).startsWith('Virtual-1'));
    await look(terminal);
    terminal.press('C-c');
    const end = await terminal.until((screen) => screen.includes('after') && screen);
    assert.equal(terminal.showsCursor, true);
    return below(end);
  } finally {
    terminal.close();
  }
}

describe('the line of a run, on a terminal', { skip: skipWithout() }, () => {
  const whole = 'Virtual-1  59.9 flips/s  0 missed  flip 12.1 ms  flush fence 0.7 ms  2 free, 1 current, 1 draining';

  for (const columns of [24, 40, 60, 80])
    for (const connectors of ['Virtual-1', 'Virtual-1 Virtual-2 Virtual-3 Virtual-4'])
      it(`is one row of ${columns} columns, and gone at the end: ${connectors}`, async () => {
        const end = await looking(columns, connectors, (terminal) => {
          const line = below(terminal.screen);
          assert.ok(!line.includes('\n') && line.length > 0, line);
          if (connectors === 'Virtual-1') assert.ok(whole.startsWith(line), line);
          return Promise.resolve();
        });
        assert.equal(end, 'after');
      });

  it('is one row again after the terminal has become narrower, and wider', async () => {
    const end = await looking(100, 'Virtual-1', async (terminal) => {
      for (const columns of [30, 60, 24, 100]) {
        terminal.resize(columns);
        await terminal.until((screen) => {
          const line = below(screen);
          return !line.includes('\n') && whole.startsWith(line) && line.length > columns / 3 && line.length < columns;
        });
      }
    });
    assert.equal(end, 'after');
  });

  it('stands below what is said in mid-run', async () => {
    await looking(60, 'Virtual-1', async (terminal) => {
      execFileSync('pkill', ['-USR1', '-P', `${terminal.pid}`]);
      await terminal.until((screen) => /^GL draws again\nVirtual-1 [^\n]*$/.test(below(screen)));
    });
  });
});
