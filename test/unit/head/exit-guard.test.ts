/** How a process ends that has heads, told in processes of their own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

const module = (name: string) => JSON.stringify(new URL(`../../../src/head/${name}.ts`, import.meta.url).href);

interface End {
  readonly signal: NodeJS.Signals | null;
  readonly status: number | null;
  readonly said: string;
}

/** Runs the lines with two heads' guards at hand, and tells how the process ended. */
function ended(lines: string): End {
  const source = `
    import { createRequire } from 'node:module';
    const require = createRequire(${module('exit-guard')});
    const { guardExit } = await import(${module('exit-guard')});
    const { restoreOnSignals } = await import(${module('restore-on-signals')});
    const say = (word) => require('node:fs').writeSync(1, word + ' ');
    const open = () => [guardExit(() => say('first')), guardExit(() => say('second'))];
    const close = (guards) => guards.forEach((end) => end());
    ${lines}`;
  const words = ['--import', 'tsx', '--input-type=module', '--eval', source];
  const { signal, status, stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  return { signal, status, said: stdout.trim() };
}

/** The same, and sends itself the signal. */
function interrupted(lines: string, signal: NodeJS.Signals = 'SIGINT'): End {
  return ended(`${lines}
    const alive = setTimeout(() => say('ignored'), 5000);
    process.kill(process.pid, '${signal}');`);
}

/** A stand-in for signal-exit 4, which ora and execa bring: it acts where all listeners are its own, and then raises the signal again. */
const signalExit = `
  const clean = () => say('cleaned');
  const onSignal = (signal) => {
    if (process.listeners(signal).length !== 1) return;
    process.off(signal, onSignal);
    process.off('exit', clean);
    clean();
    process.kill(process.pid, signal);
  };
  process.on('SIGINT', onSignal);
  process.on('exit', clean);`;

const byItself = (said: string): End => ({ signal: null, status: 0, said });
const bySignal = (said: string, signal: NodeJS.Signals = 'SIGINT'): End => ({ signal, status: null, said });

describe('a process with heads', () => {
  it('gives every head back as it exits', () => {
    assert.deepEqual(ended('open(); process.exit(3);'), { signal: null, status: 3, said: 'first second' });
    assert.deepEqual(ended('open();'), byItself('first second'));
  });

  it('gives every head back on an uncaught error', () => {
    assert.deepEqual(ended('open(); setImmediate(() => { throw new Error(); });'), {
      signal: null,
      status: 1,
      said: 'first second',
    });
  });

  it('gives the others back where one cannot be', () => {
    const said = 'first second';
    assert.deepEqual(ended('guardExit(() => { throw new Error(); }); open(); process.exitCode = 1;').said, said);
  });

  it('gives nothing back once the guards are gone', () => {
    assert.deepEqual(ended('close(open());'), byItself(''));
  });

  it('listens to no signal by itself: what a signal means is the program’s to say', () => {
    const listeners = '["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => process.listenerCount(signal)).join()';
    assert.equal(ended(`close(open()); const guards = open(); say(${listeners}); close(guards);`).said, '0,0,0');
  });

  it('lets signal-exit act on a signal, and is given back by its own listener', () => {
    assert.deepEqual(interrupted(`${signalExit} process.on('exit', () => say('left')); open();`), bySignal('cleaned'));
  });
});

describe('restoreOnSignals', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    it(`has ${signal} give every head back, and end the process as it would have`, () => {
      assert.deepEqual(interrupted('restoreOnSignals(); open();', signal), bySignal('first second', signal));
    });

  it('works beside signal-exit, whichever comes first', () => {
    assert.deepEqual(interrupted(`${signalExit} open(); restoreOnSignals();`), bySignal('cleaned first second'));
    assert.deepEqual(interrupted(`restoreOnSignals(); open(); ${signalExit}`), bySignal('first second cleaned'));
  });

  it('ends what it began once all who asked are done', () => {
    const twice = 'const [one, two] = [restoreOnSignals(), restoreOnSignals()]; open();';
    assert.deepEqual(interrupted(`${twice} one(); one();`), bySignal('first second'));
    assert.deepEqual(interrupted(`${twice} one(); two();`), bySignal(''));
  });

  it('refuses to do nothing unsaid in a worker thread, which gets no signals', () => {
    const worker = `import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))})
      .then(({ tsImport }) => tsImport(${module('restore-on-signals')}, ${module('restore-on-signals')}))
      .then(({ restoreOnSignals }) => restoreOnSignals())
      .catch(({ code }) => require('node:worker_threads').parentPort.postMessage(code));`;
    const lines = `const { Worker } = require('node:worker_threads');
      new Worker(${JSON.stringify(worker)}, { eval: true, execArgv: [] }).on('message', say);`;
    assert.deepEqual(ended(lines), byItself('ERR_UNSUPPORTED'));
  });
});
