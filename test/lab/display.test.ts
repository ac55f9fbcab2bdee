/** QEMU's D-Bus display watched: by the lab's captures, by `guesthead host watch`, and dma-bufs of a peer in the guest. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import { packageRoot } from '../../src/package-root.js';
import type { RunResult } from '../../src/report/index.js';
import { allExact, guesthead, lastJson, script, startRun, type Output } from '../support/lab.js';

const size = { width: 1280, height: 720 };
const said: string[] = [];
const hasDisplay = spawnSync('qemu-system-x86_64', ['-display', 'help'], { encoding: 'utf8' }).stdout.includes('dbus');
const skip = hasDisplay ? false : 'QEMU has no D-Bus display here: install qemu-system-modules-opengl';
let lab: Lab;
before(async () => {
  if (!hasDisplay) return;
  lab = await Lab.boot({ size, display: 'dbus', onProgress: (line) => said.push(line) });
});
after(async () => {
  if (hasDisplay) await lab.close();
});

interface Watched {
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly transports: readonly string[];
  readonly ended: string;
  readonly resizes: number;
  readonly judge: { readonly judged: number; readonly exact: number };
}

/** `guesthead host watch --json` on the host; it began with the first thing that it writes. */
function watch(...words: string[]): { began: Promise<unknown>; ended: Promise<Output & { film: Buffer }> } {
  const main = join(packageRoot, 'dist/cli/main.cjs');
  const child = spawn(process.execPath, [main, 'host', 'watch', '--qmp', lab.files.watch, '--json', ...words]);
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  const began = once(child.stdout, 'data');
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const ended = new Promise<Output & { film: Buffer }>((resolve) => {
    child.on('close', (status, signal) => {
      const film = Buffer.concat(out);
      resolve({ film, stdout: film.toString('latin1'), stderr: Buffer.concat(err).toString(), status, signal });
    });
  });
  return { began, ended };
}

describe('the D-Bus display of QEMU', { skip }, () => {
  it('gives the lab its captures, each of them exact', async () => {
    const words = ['run', '--frames', '60', '--pattern', 'counter', '--json'];
    const { host } = lastJson<RunResult>(await guesthead(lab, words, { GUESTHEAD_CAPTURES: '3' }));
    assert.deepEqual(host, allExact(3));
    assert.match(said.at(-1) ?? '', /head 0 was watched over the D-Bus display: \d+ updates came as pictures/);
  });

  it('is watched while a guest flips: judged, and filmed for an encoder', async () => {
    const run = await startRun(lab, ['--pattern', 'counter']);
    const judged = lastJson<Watched>(await watch('--judge', '--frames', '5').ended);
    assert.deepEqual([judged.verdict, judged.reasons, judged.transports], ['pass', [], ['pictures']]);
    assert.deepEqual([judged.judge.judged, judged.judge.exact, judged.ended], [5, 5, 'enough']);
    const { film, status, stderr } = await watch('--y4m', '-', '--frames', '3', '--hz', '10').ended;
    run.job.kill('SIGTERM');
    await run.ended;
    assert.equal(status, 0, stderr);
    const header = 'YUV4MPEG2 W1280 H720 F10:1 Ip A1:1 C420jpeg XCOLORRANGE=LIMITED\n';
    const frame = 'FRAME\n'.length + (size.width * size.height * 3) / 2;
    assert.equal(film.length, header.length + 3 * frame);
    for (let at = header.length; at < film.length; at += frame)
      assert.equal(film.toString('latin1', at, at + 6), 'FRAME\n');
  });

  it('is paced by the answers where the pictures are dma-bufs', async () => {
    const output = await lab.run(script('test/lab/guest/display-dmabuf.ts'));
    const { judged, hz, late, stall, before: held, after: left } = lastJson<Paced>(output);
    assert.deepEqual(judged, {
      judge: { judged: 6, exact: 6, torn: 0, before: 0, passedOver: 0, lastFrame: 6, wrong: null },
      ...{ transports: ['dma-buf'], refused: 0, answers: 6 },
    });
    // timers of Node may come a part of a millisecond before their time
    hz.forEach((at, change) => assert.ok(at >= 50 * change - 5, `20 a second: ${hz.join()}`));
    late.forEach((at, change) => assert.ok(at >= 60 * (change + 1) - 5, `60 ms late: ${late.join()}`));
    const [first = 0, second = 0] = stall;
    assert.ok(first < 1_000 && second >= 1_795, `none for 800 ms from 1000 on: ${stall.join()}`);
    assert.deepEqual(left, held);
  });

  it('tells a listener when QEMU ends', async () => {
    const { began, ended } = watch('--y4m', '-');
    await began;
    await lab.close();
    const { stderr, ...output } = await ended;
    const watched = lastJson<Watched>({ ...output, stdout: stderr, stderr: '' });
    assert.match(watched.ended, /hung up: it has ended/);
  });
});

interface Paced {
  readonly judged: unknown;
  readonly hz: number[];
  readonly late: number[];
  readonly stall: number[];
  readonly before: unknown;
  readonly after: unknown;
}
