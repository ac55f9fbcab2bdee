/** What a signal does to a run, told in processes of their own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

const urlOf = (file: string) => new URL(`../../../src/cli/${file}`, import.meta.url).href;

function run(lines: string): { signal: NodeJS.Signals | null; status: number | null; said: string } {
  const source = `
    import { writeSync } from 'node:fs';
    const { RunSignals } = await import(${JSON.stringify(urlOf('run-signals.ts'))});
    const say = (word) => writeSync(1, word + ' ');
    process.on('exit', () => say('given back'));
    const later = () => new Promise((resolve) => setTimeout(resolve, 600));
    const raise = (signal) => { process.kill(process.pid, signal); return new Promise((resolve) => setTimeout(resolve, 100)); };
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
    assert.deepEqual(run(`${twice} await raise('SIGINT'); await later(); await raise('SIGINT'); say('alive');`), {
      signal: 'SIGINT',
      status: null,
      said: 'SIGINT given back',
    });
  });

  it('is one where it comes twice, as by timeout(1), which passes on what the process group has had', () => {
    const twice = 'const one = signals.signal$.subscribe((signal) => { say(signal); one.unsubscribe(); });';
    const { status, said } = run(
      `${twice} await raise('SIGTERM'); await raise('SIGTERM'); signals.close(); say('done');`,
    );
    assert.deepEqual([status, said], [0, 'SIGTERM done given back']);
  });
});

describe('a signal that ends what receives', () => {
  const begin = `
    const { whenAsked } = await import(${JSON.stringify(urlOf('receiving.ts'))});
    signals.close();
    void whenAsked().then(say);`;

  it('is one where it comes twice, and leaves time for what it has to say', () => {
    const { signal, said } = run(`${begin} await raise('SIGINT'); await raise('SIGINT'); say('done');`);
    assert.deepEqual([signal, said], [null, 'SIGINT done given back']);
  });

  it('ends the process when it comes again', () => {
    const { signal, said } = run(`${begin} await raise('SIGINT'); await later(); await raise('SIGINT'); say('alive');`);
    assert.deepEqual([signal, said], ['SIGINT', 'SIGINT']);
  });
});
