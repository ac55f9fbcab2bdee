/** The screen is given back, however the process ends; and bad input changes nothing on it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import type { RunResult } from '../../src/report/index.js';
import { guesthead, lastJson, script, startBystander, screenOf, untilFlipping, type Output } from '../support/lab.js';

let lab: Lab;
let endBystander: () => Promise<void>;
let shown: string;

before(async () => {
  lab = await Lab.boot({ size: { width: 1920, height: 1080 } });
  endBystander = await startBystander(lab);
  shown = await screenOf(lab);
});
after(async () => {
  await endBystander();
  await lab.close();
});

/** Starts `guesthead run`, waits until its picture is on the screen, and sends a signal. */
async function interrupt(signal: NodeJS.Signals, words: readonly string[]): Promise<Output> {
  const out: Buffer[] = [];
  const job = lab.start(words, { onStdout: (chunk) => out.push(chunk) });
  await untilFlipping(lab);
  job.kill(signal);
  return { ...(await job.done), stdout: Buffer.concat(out).toString(), stderr: '' };
}

/** A run, and below its summary how it ended, how long after the signal, and how long the command takes to start and say who it is. */
const underTimeout = `
  now() { echo $(($(date +%s%N) / 1000000)); }
  timeout 300 node dist/cli/main.cjs run --json & run=$!
  trap 'kill -TERM $run; from=$(now)' TERM
  wait $run; wait $run; status=$?; end=$(($(now) - from))
  from=$(now); node dist/cli/main.cjs --version > /dev/null
  echo $status $end $(($(now) - from))`;

describe('the screen', () => {
  it('shows something of another process beforehand', () => {
    assert.match(shown, /^\s*fb=[1-9][^]*?^\s*size=1280x/m);
  });

  it('is given back after a run', async () => {
    const result = lastJson<RunResult>(await guesthead(lab, ['run', '--frames', '30', '--json']));
    assert.equal(result.frames, 30);
    assert.deepEqual(await screenOf(lab), shown);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    it(`is given back on ${signal} in mid-run, with a summary`, async () => {
      const run = await interrupt(signal, ['node', 'dist/cli/main.cjs', 'run', '--json']);
      const result = lastJson<RunResult>(run);
      assert.match(result.verdict, /pass|fail/); // its first picture is a modeset's, and may have been all
      assert.equal(run.status, result.verdict === 'pass' ? 0 : 1);
      assert.deepEqual(await screenOf(lab), shown);
    });

  it('is given back at once under timeout(1), which passes SIGTERM on', async () => {
    const run = await interrupt('SIGTERM', ['sh', '-c', underTimeout]);
    const [summary = '', measured = ''] = run.stdout.trimEnd().split('\n').slice(-2);
    const { verdict } = JSON.parse(summary) as RunResult;
    const [status, endMs = Infinity, startMs = 0] = measured.split(' ').map(Number);
    assert.equal(status, verdict === 'pass' ? 0 : 1);
    // A second, on a machine that starts the command in half of one; the emulated guest takes as many times longer for both.
    assert.ok(endMs < 2 * startMs, `it ended in ${endMs} ms, where \`guesthead --version\` takes ${startMs}`);
    assert.deepEqual(await screenOf(lab), shown);
  });

  it('is given back when a program with restoreOnSignals is ended by SIGTERM', async () => {
    const run = await interrupt('SIGTERM', script('examples/flip-loop.ts'));
    assert.equal(run.signal, 'SIGTERM');
    assert.deepEqual(await screenOf(lab), shown);
  });

  for (const ending of ['terminate', 'exit', 'throw'])
    it(`is given back from a worker thread: ${ending}`, async () => {
      const run = await lab.run(script('test/lab/guest/worker.ts', ending));
      assert.match(run.stdout, /flipping/);
      assert.equal(run.status, ending === 'throw' ? 1 : 0, run.stderr);
      assert.deepEqual(await screenOf(lab), shown);
    });

  it('is given back on an uncaught error', async () => {
    const run = await lab.run(script('test/lab/guest/uncaught.ts'));
    assert.match(run.stdout, /flipping/);
    assert.equal(run.status, 1);
    assert.match(run.stderr, /out of luck/);
    assert.deepEqual(await screenOf(lab), shown);
  });

  it('does not change on bad input, which names the valid choices', async () => {
    const cases: [words: string[], status: number, says: RegExp][] = [
      [['--connector', 'DP-9'], 2, /Virtual-1 \(connected\)/],
      [['--mode', '123x45'], 2, /valid choices: 1920x1080, /],
      [['--display', '/dev/null'], 3, /ERR_NOT_DRM/],
    ];
    for (const [words, status, says] of cases) {
      const run = await guesthead(lab, ['run', '--frames', '1', ...words]);
      assert.equal(run.status, status, `${words.join(' ')}: ${run.stderr}`);
      assert.match(run.stderr, says);
    }
    assert.deepEqual(await screenOf(lab), shown);
  });

  it('needs permission to open the node', async () => {
    const words = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
    const run = await lab.run([...words, 'node', 'dist/cli/main.cjs', 'run', '--frames', '1']);
    assert.equal(run.status, 3);
    assert.match(run.stderr, /ERR_PERMISSION|No suitable device/);
    assert.match(run.stderr, /video/);
  });
});
