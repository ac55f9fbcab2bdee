import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';
import { serveWitness, type WitnessReport } from '../../../src/lab/witness.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-witness-'));
after(() => {
  rmSync(folder, { recursive: true });
});

/** A grey picture, which no pattern of ours is. */
const grey = Buffer.concat([Buffer.from('P6\n64 32\n255\n'), Buffer.alloc(64 * 32 * 3, 0x80)]);

describe('the witness', () => {
  it('answers requests in their order, one screenshot at a time, each of the head it names', async () => {
    const file = join(folder, 'capture.ppm');
    const taken: unknown[] = [];
    let busy = 0;
    const screen = {
      execute: async (command: string, args: Record<string, unknown> = {}) => {
        assert.equal(++busy, 1, 'two screenshots at once');
        await new Promise(setImmediate);
        busy--;
        taken.push([command, args['device'], args['head']]);
        if (args['head'] === 7) throw new Error('There is no console 7');
        writeFileSync(String(args['filename']), grey);
      },
    };
    const server = createServer((socket) => serveWitness(socket, screen, file)).listen(join(folder, 'sock'));
    await once(server, 'listening');
    const guest = connect(join(folder, 'sock'));
    const requests = ['{"captures":2,"head":2}', '{"captures":1}', 'what?', '{"captures":1,"head":7}'];
    guest.write(requests.map((request) => `${request}\n`).join(''));
    const reports: WitnessReport[] = [];
    for await (const line of createInterface({ input: guest })) {
      reports.push(JSON.parse(line) as WitnessReport);
      if (reports.length === requests.length) break;
    }
    guest.destroy();
    server.close();
    const heads = [2, 2, 0, 7];
    assert.deepEqual(
      taken,
      heads.map((head) => ['screendump', 'gpu0', head]),
    );
    const unreadable = 'no readable frame number';
    const [notUnderstood] = reports.splice(2, 1);
    assert.match(notUnderstood?.faults[0] ?? '', /JSON/);
    assert.deepEqual(reports, [
      { captures: 2, exact: 0, torn: 0, faults: [unreadable, unreadable] },
      { captures: 1, exact: 0, torn: 0, faults: [unreadable] },
      { captures: 1, exact: 0, torn: 0, faults: ['There is no console 7'] },
    ]);
  });
});
