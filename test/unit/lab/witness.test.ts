import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';
import type { Qmp } from '../../../src/qmp/index.js';
import { screendumps } from '../../../src/lab/camera.js';
import { serveWitness, type WitnessReport } from '../../../src/lab/witness.js';
import { captureOf, drawn, setColour } from '../render/pictures.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-witness-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const files = { capture: join(folder, 'capture.ppm'), kept: (number: number) => join(folder, `kept-${number}`) };

/** A grey picture, which no pattern of ours is. */
const grey = ppmOf(64, 32, Buffer.alloc(64 * 32 * 3, 0x80));

function ppmOf(width: number, height: number, rgb: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), rgb]);
}

/** The witness's answers to a guest that sends these lines. */
async function ask(execute: Qmp['execute'], lines: readonly string[]): Promise<WitnessReport[]> {
  const path = join(folder, 'sock');
  const server = createServer((socket) =>
    serveWitness(socket, screendumps({ execute }, files.capture), files.kept),
  ).listen(path);
  await once(server, 'listening');
  const guest = connect(path);
  guest.write(lines.map((line) => `${line}\n`).join(''));
  const reports: WitnessReport[] = [];
  for await (const line of createInterface({ input: guest })) {
    reports.push(JSON.parse(line) as WitnessReport);
    if (reports.length === lines.length) break;
  }
  guest.destroy();
  server.close();
  return reports;
}

/** QEMU's screendump, which writes these pictures in turn. */
function showing(...pictures: readonly Buffer[]): Qmp['execute'] {
  let taken = 0;
  return async (_, args) => {
    await new Promise(setImmediate);
    writeFileSync(String(args?.['filename']), pictures[taken++ % pictures.length] ?? grey);
  };
}

describe('the witness', () => {
  it('answers requests in their order, one screenshot at a time, each of the head it names', async () => {
    const taken: unknown[] = [];
    let busy = 0;
    const execute = async (command: string, args: Record<string, unknown> = {}) => {
      assert.equal(++busy, 1, 'two screenshots at once');
      await new Promise(setImmediate);
      busy--;
      taken.push([command, args['device'], args['head']]);
      if (args['head'] === 7) throw new Error('There is no console 7');
      writeFileSync(String(args['filename']), grey);
    };
    const requests = ['{"captures":2,"head":2}', '{"captures":1}', 'what?', '{"captures":1,"head":7}'];
    const reports = await ask(execute, requests);
    const heads = [2, 2, 0, 7];
    assert.deepEqual(
      taken,
      heads.map((head) => ['screendump', 'gpu0', head]),
    );
    const noNumber = 'no readable frame number';
    assert.match(reports[2]?.faults[0] ?? '', /JSON/);
    assert.deepEqual(
      reports.map(({ captures, exact, unreadable }) => [captures, exact, unreadable]),
      [
        [2, 0, 0],
        [1, 0, 0],
        [0, 0, 0],
        [1, 0, 1],
      ],
    );
    const [first, second, , fourth] = reports.map(({ faults }) => faults);
    assert.deepEqual([first, second, fourth], [[noNumber, noNumber], [noNumber], ['There is no console 7']]);
    assert.equal(reports[3]?.wrong?.picture, null, 'the picture of before is none of this head');
  });

  it('finds padded rows exact, says where another picture differs first, and keeps that one', async () => {
    const right = captureOf(drawn('counter', { width: 65, height: 40, padding: 0 }, 7));
    const rows = Buffer.alloc(196 * 40);
    for (let y = 0; y < 40; y++) rows.set(right.rgb.subarray(y * 195, (y + 1) * 195), y * 196);
    const wrong = { ...right, rgb: right.rgb.slice() };
    setColour(wrong, 9, 20, 0x123456);
    const expected = `#${Buffer.from(right.rgb)
      .readUIntBE((20 * 65 + 9) * 3, 3)
      .toString(16)
      .padStart(6, '0')}`;
    const pictures = [ppmOf(65, 40, rows), ppmOf(65, 40, wrong.rgb), ppmOf(65, 40, right.rgb)];
    const [report] = await ask(showing(...pictures), ['{"captures":3}']);
    const why = `frame 7 differs at 9,20: ${expected} expected, #123456 shown`;
    const firstDifference = { x: 9, y: 20, expected, actual: '#123456' };
    const picture = `${files.kept(1)}.ppm`;
    assert.deepEqual(report, {
      ...{ captures: 3, exact: 2, torn: 0, unreadable: 0 },
      wrong: { kind: 'differs', why, frame: 7, firstDifference, picture },
      faults: [why],
    });
    assert.deepEqual(readFileSync(picture), pictures[1]);
  });

  it('tells a picture that it cannot read from one that differs, and keeps that too', async () => {
    const [report] = await ask(showing(Buffer.from('P6\n64 32\n255\nshort')), ['{"captures":2}']);
    const { captures, exact, torn, unreadable, wrong } = report ?? assert.fail();
    assert.deepEqual([captures, exact, torn, unreadable], [2, 0, 0, 2]);
    assert.deepEqual([wrong?.kind, wrong?.frame, wrong?.firstDifference], ['unreadable', null, null]);
    assert.match(wrong?.why ?? '', /cannot be used: it has 5 bytes of pixels, not 6144/);
    assert.equal(readFileSync(wrong?.picture ?? '', 'latin1'), 'P6\n64 32\n255\nshort');
  });
});
