/** `guesthead host receive` as a process, on a broker of the test's. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PNG } from 'pngjs';
import { packageRoot } from '../../../src/package-root.js';
import { createPattern } from '../../../src/render/index.js';
import { TransferRig, until, type FakeGuest } from '../../support/broker-rig.js';

describe('host receive', () => {
  let rig: TransferRig;
  let guest: FakeGuest;
  before(async () => {
    rig = await TransferRig.open();
    guest = await rig.producer();
    await guest.registered(0);
  });
  after(() => rig.close());

  function receive(...words: readonly string[]) {
    const all = ['dist/cli/main.cjs', 'host', 'receive', '--listen', rig.listen, ...words];
    const child = spawn(process.execPath, all, { cwd: packageRoot, stdio: ['ignore', 'pipe', 'pipe'] });
    const pieces: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (bytes: Buffer) => pieces[name].push(bytes));
    const text = (name: 'stdout' | 'stderr') => Buffer.concat(pieces[name]).toString('latin1');
    const ended = once(child, 'close').then(([status]) => ({
      status: status as unknown,
      stdout: text('stdout'),
      stderr: text('stderr'),
    }));
    return { child, ended };
  }

  async function show(frame: number): Promise<void> {
    const pixels = new Uint32Array(64 * 32);
    createPattern('counter').draw({ width: 64, height: 32, stridePixels: 64, pixels }, frame, 0);
    rig.memory.slabs[0]?.draw(new Uint8Array(pixels.buffer));
    guest.export(0);
    await guest.hear('released');
  }

  const result = (text: string) => JSON.parse(text) as Record<string, unknown>;

  it('judges so many frames, and says so in one document', async () => {
    const { ended } = receive('--judge', '--frames', '3', '--json');
    for (const frame of [7, 8, 9]) await show(frame);
    const { status, stdout } = await ended;
    const { verdict, received, exact, torn, ended: why } = result(stdout);
    assert.deepEqual([status, verdict, received, exact, torn, why], [0, 'pass', 3, 3, 0, 'enough']);
  });

  it('fails where a picture is wrong', async () => {
    const { ended } = receive('--judge', '--frames', '1', '--json');
    rig.memory.slabs[0]?.draw(Buffer.alloc(8192));
    guest.export(0);
    await guest.hear('released');
    const { status, stdout } = await ended;
    assert.deepEqual([status, result(stdout)['verdict'], result(stdout)['unreadable']], [1, 'fail', 1]);
  });

  it('saves a picture, and is content with one', async () => {
    const file = join(rig.folder, 'picture.png');
    const { ended } = receive('--png', file);
    await show(1);
    assert.equal((await ended).status, 0);
    const { width, height } = PNG.sync.read(readFileSync(file));
    assert.deepEqual([width, height], [64, 32]);
  });

  it('ends by SIGINT with what it has, and keeps standard output for the film', async () => {
    const { child, ended } = receive('--y4m', '-', '--json');
    await show(1);
    await show(2);
    child.kill('SIGINT');
    const { status, stdout, stderr } = await ended;
    assert.equal(status, 0);
    assert.equal(stdout.split('FRAME\n').length - 1, 2);
    assert.deepEqual([result(stderr)['received'], result(stderr)['ended']], [2, 'SIGINT']);
  });

  it('is quiet where nobody reads its film any more', async () => {
    const { child, ended } = receive('--y4m', '-');
    child.stdout.destroy();
    guest.export(0);
    const { status, stderr } = await ended;
    assert.deepEqual([status, stderr], [141, '']);
    await until(() => rig.events.at(-1)?.type === 'consumer-gone', 'its end');
    const next = receive('--frames', '1'); // what it may have held is the next one's, or released
    await Promise.race([next.ended, guest.hear('released').then(() => show(3))]);
    assert.equal((await next.ended).status, 0);
  });

  it('says that nobody listens', async () => {
    const { ended } = receive('--listen', join(rig.folder, 'nowhere'), '--json');
    const { status, stdout, stderr } = await ended;
    assert.equal(status, 1);
    assert.match(stderr, /No broker listens at .*nowhere.*\n.*host broker/);
    assert.equal(result(stdout)['verdict'], 'fail');
  });
});
