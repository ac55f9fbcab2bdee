/** What a signal does to a run, told in processes of their own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

const url = new URL('../../../src/cli/run-signals.ts', import.meta.url).href;

function run(lines: string): { signal: NodeJS.Signals | null; status: number | null; said: string } {
  const source = `
    import { writeSync } from 'node:fs';
    const { RunSignals } = await import(${JSON.stringify(url)});
    const say = (word) => writeSync(1, word + ' ');
    process.on('exit', () => say('given back'));
    const raise = (signal) => { process.kill(process.pid, signal); return new Promise((resolve) => setTimeout(resolve, 200)); };
    const signals = new RunSignals();
    ${lines}`;
  const words = ['--import', 'tsx', '--input-type=module', '--eval', source];
  const { signal, status, stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  return { signal, status, said: stdout.trim() };
}

describe('a signal in a run', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    it(`ends what measures, and not the process: ${signal}`, () => {
      const lines = `signals.signal$.subscribe((signal) => { say(signal); signals.close(); }); await raise('${signal}');`;
      assert.deepEqual(run(lines), { signal: null, status: 0, said: `${signal} given back` });
    });

  it('ends the process with the screen given back while nothing measures, or any more', () => {
    assert.deepEqual(run("await raise('SIGTERM'); say('alive');"), {
      signal: 'SIGTERM',
      status: null,
      said: 'given back',
    });
    const twice = 'const one = signals.signal$.subscribe((signal) => { say(signal); one.unsubscribe(); });';
    assert.deepEqual(run(`${twice} await raise('SIGINT'); await raise('SIGINT'); say('alive');`), {
      signal: 'SIGINT',
      status: null,
      said: 'SIGINT given back',
    });
  });
});
