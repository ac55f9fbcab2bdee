/** The consumer in C, compiled and connected to a broker: nothing but a socket and a descriptor is needed. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { packageRoot } from '../../../src/package-root.js';
import { TransferRig, until } from '../../support/broker-rig.js';

const source = join(packageRoot, 'examples/transfer-consumer.c');

describe('the consumer in C', () => {
  it('has less than 150 lines', () => {
    assert.ok(readFileSync(source, 'utf8').split('\n').length < 150);
  });

  it('receives pictures, gives them back, and lets go of a buffer', async () => {
    const rig = await TransferRig.open();
    const program = built(rig);
    const guest = await rig.producer();
    await guest.registered(0, 1);
    const child = spawn(program, [rig.listen, '3'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    const lines: string[] = [];
    createInterface(child.stdout).on('line', (line) => lines.push(line));
    await until(() => rig.events.some(({ type }) => type === 'consumer'), 'it has greeted');
    for (const [buffer, colour] of [
      [0, 0x123456],
      [1, 0xabcdef],
    ] as const) {
      rig.memory.slabs[buffer]?.draw(Buffer.from(Uint32Array.of(colour).buffer));
      const id = guest.export(buffer);
      assert.equal((await guest.hear('released')).id, id);
    }
    guest.say({ type: 'unregister', buffer: 0 });
    await guest.hear('unregistered');
    guest.export(1);
    await guest.hear('released');
    assert.deepEqual(await exit, [0, null]);
    assert.deepEqual(lines, [
      'frame 1: 64x32 XR24, stride 256, first pixel #123456',
      'frame 2: 64x32 XR24, stride 256, first pixel #abcdef',
      'frame 3: 64x32 XR24, stride 256, first pixel #abcdef',
    ]);
    rig.close();
  });

  it('holds nothing up when it is killed: the next one is given what it had, and gives it back', async () => {
    const rig = await TransferRig.open();
    const program = built(rig);
    const guest = await rig.producer();
    await guest.registered(0, 1);
    const start = async (consumers: number, ...words: string[]) => {
      const child = spawn(program, [rig.listen, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
      let seen = '';
      child.stdout.on('data', (bytes: Buffer) => (seen += bytes.toString()));
      const exit = once(child, 'close'); // heard before anything is waited for: it may end meanwhile
      const come = () => rig.events.filter(({ type }) => type === 'consumer').length === consumers;
      await until(come, 'it has greeted');
      return { child, exit, seen: () => seen };
    };
    const first = await start(1);
    guest.export(0);
    await guest.hear('released');
    await until(() => first.seen().startsWith('frame 1: '), 'it has printed the picture');
    first.child.kill('SIGSTOP');
    const held = guest.export(1); // lies in the socket of one that cannot answer
    first.child.kill('SIGKILL');
    assert.deepEqual(await first.exit, [null, 'SIGKILL']);
    await until(() => rig.events.some(({ type }) => type === 'consumer-gone'), 'the broker knows');
    const second = await start(2, '1');
    assert.equal((await guest.hear('released')).id, held);
    assert.deepEqual(await second.exit, [0, null]);
    assert.match(second.seen(), /^frame 2: 64x32 XR24/);
    rig.close();
  });
});

function built({ folder }: TransferRig): string {
  const program = join(folder, 'transfer-consumer');
  execFileSync('cc', ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-o', program, source]);
  return program;
}
