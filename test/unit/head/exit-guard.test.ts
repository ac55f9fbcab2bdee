/** Who decides what a signal means, told in processes of their own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

const guard = new URL('../../../src/head/exit-guard.ts', import.meta.url).href;

/** Runs the lines with two heads' guards at hand, sends itself SIGINT, and tells how it ended. */
function interrupted(lines: string): { signal: NodeJS.Signals | null; status: number | null; said: string } {
  const program = `
    const { guardExit } = await import(${JSON.stringify(guard)});
    const say = (word) => require('node:fs').writeSync(1, word + ' ');
    const open = () => [guardExit(() => say('first')), guardExit(() => say('second'))];
    const close = (guards) => guards.forEach((end) => end());
    ${lines}
    const alive = setTimeout(() => say('ignored'), 5000);
    process.kill(process.pid, 'SIGINT');`;
  const source = `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(guard)}); ${program}`;
  const words = ['--import', 'tsx', '--input-type=module', '--eval', source];
  const { signal, status, stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  return { signal, status, said: stdout.trim() };
}

const end = 'clearTimeout(alive); say("handled");';

describe('on SIGINT', () => {
  it('without a handler, gives every head back and ends by the signal', () => {
    assert.deepEqual(interrupted('open();'), { signal: 'SIGINT', status: null, said: 'first second' });
  });

  it('leaves it to a handler that was there before, and goes as it is called', () => {
    const { signal, status, said } = interrupted(
      `let guards; process.once('SIGINT', () => { ${end} close(guards); }); guards = open();`,
    );
    assert.deepEqual({ signal, status, said }, { signal: null, status: 0, said: 'handled' });
  });

  it('leaves it to handlers that come after, one a head', () => {
    const handler = (index: number) => `process.once('SIGINT', () => { ${end} guards[${index}](); });`;
    const { signal, status, said } = interrupted(`const guards = open(); ${handler(0)} ${handler(1)}`);
    assert.deepEqual({ signal, status, said }, { signal: null, status: 0, said: 'handled handled' });
  });

  it('means what it would have once the guards are gone', () => {
    assert.deepEqual(interrupted('close(open());'), { signal: 'SIGINT', status: null, said: '' });
  });
});
