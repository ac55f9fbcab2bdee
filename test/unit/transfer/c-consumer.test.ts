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
    const program = join(rig.folder, 'transfer-consumer');
    execFileSync('cc', ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-o', program, source]);
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
});
