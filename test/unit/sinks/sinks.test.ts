/** What becomes of received pictures, in every sink. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, describe, it } from 'node:test';
import { PNG } from 'pngjs';
import { format } from '../../../src/ffi/index.js';
import { createPattern } from '../../../src/render/index.js';
import { judgeSink, pngSink, y4mSink, type SinkFrame } from '../../../src/sinks/index.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-sinks-'));
after(() => rmSync(folder, { recursive: true }));

/** Pixels as 0xRRGGBB, with padding behind each row that no sink may read as a picture. */
function picture(width: number, height: number, colours: readonly number[], code = format.XRGB8888): SinkFrame {
  const strideBytes = width * 4 + 12;
  const pixels = Buffer.alloc(strideBytes * height, 0xee);
  for (let at = 0; at < width * height; at++) {
    const [colour, place] = [
      colours[at % colours.length] ?? 0,
      Math.floor(at / width) * strideBytes + (at % width) * 4,
    ];
    const [red, green, blue] = [colour >> 16, (colour >> 8) & 255, colour & 255];
    pixels.set(code === format.XBGR8888 ? [red, green, blue, 0] : [blue, green, red, 0], place);
  }
  return { width, height, format: code, strideBytes, pixels, sequence: 1n };
}

function counterFrame(number: number, sequence = BigInt(number), extra = 0): SinkFrame {
  const [width, height, stride] = [192, 96, 192 + extra];
  const pixels = new Uint32Array(stride * height);
  createPattern('counter').draw({ width, height, stridePixels: stride, pixels }, number, 0);
  const bytes = new Uint8Array(pixels.buffer);
  return { width, height, format: format.XRGB8888, strideBytes: stride * 4, pixels: bytes, sequence };
}

describe('the PNG sink', () => {
  for (const code of [format.XRGB8888, format.XBGR8888])
    it(`keeps the last picture, whatever the order of its colours (${code})`, async () => {
      const file = join(folder, 'last.png');
      const sink = pngSink(file);
      await sink.write(picture(3, 2, [0x123456], code));
      await sink.write(picture(3, 2, [0xff0001, 0x00fe02, 0x0304fd], code));
      assert.deepEqual(await sink.end(), { picture: file });
      const { width, height, data } = PNG.sync.read(readFileSync(file));
      assert.deepEqual([width, height], [3, 2]);
      assert.equal(data.toString('hex'), 'ff0001ff00fe02ff0304fdff'.repeat(2));
    });

  it('writes nothing where nothing came', async () => {
    assert.deepEqual(await pngSink(join(folder, 'none.png')).end(), { picture: null });
  });

  it('says which format it cannot read', () => {
    const nv12 = { ...picture(2, 2, [0]), format: format.NV12 };
    assert.throws(() => void pngSink('/nowhere').write(nv12), { code: 'ERR_UNSUPPORTED', message: /NV12/ });
  });
});

describe('the y4m sink', () => {
  it('writes limited-range BT.601 below 720 rows, the chroma of four pixels', async () => {
    const film = await filmOf([picture(3, 1, [0xffffff]), picture(3, 1, [0x000000]), picture(3, 1, [0xff0000])]);
    const [header = '', ...frames] = film.toString('latin1').split(/\n?FRAME\n/);
    assert.equal(header, 'YUV4MPEG2 W3 H1 F25:1 Ip A1:1 C420jpeg XCOLORRANGE=LIMITED');
    const hex = frames.map((frame) => Buffer.from(frame, 'latin1').toString('hex'));
    assert.deepEqual(hex, ['ebebeb80808080', '10101080808080', '5151515a5af0f0']);
  });

  it('does not go on with a picture of another size', async () => {
    await assert.rejects(filmOf([picture(3, 1, [0]), picture(4, 1, [0])]), { code: 'ERR_UNSUPPORTED' });
  });

  it('fails where its file cannot be written', async () => {
    const sink = y4mSink(join(folder, 'no/such/folder.y4m'), 25);
    await sink.write(picture(3, 1, [0]));
    await assert.rejects(sink.end(), { code: /ENOENT|ERR_SYSTEM/ });
  });

  it('holds up who shows the pictures while its reader is slow', async () => {
    let read: () => void = () => undefined;
    const slow = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void (read = done) });
    const written = Promise.resolve(y4mSink('-', 25, slow).write(picture(3, 1, [0])));
    const early = await Promise.race([written.then(() => true), new Promise((resolve) => setImmediate(resolve))]);
    assert.equal(early, undefined);
    for (let piece = 0; piece < 3; piece++) {
      read();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await written;
  });

  async function filmOf(frames: readonly SinkFrame[]): Promise<Buffer> {
    const pieces: Buffer[] = [];
    const output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        pieces.push(chunk);
        done();
      },
    });
    const sink = y4mSink('-', 25, output);
    for (const frame of frames) await sink.write(frame);
    assert.deepEqual(await sink.end(), { frames: frames.length });
    return Buffer.concat(pieces);
  }
});

describe('the judge', () => {
  async function judged(frames: readonly SinkFrame[]) {
    const sink = judgeSink();
    for (const frame of frames) await sink.write(frame);
    return sink.end();
  }

  it('finds exact pictures exact, by memory and by pixels', async () => {
    const numbers = [5, 6, 7, 9, 10]; // 8 was not shown, or its number left out
    for (const extra of [0, 3]) {
      const judgement = await judged(numbers.map((number) => counterFrame(number, BigInt(number), extra)));
      assert.deepEqual(judgement, { received: 5, exact: 5, torn: 0, unreadable: 0, late: 0, wrong: null });
    }
    const jumped = await judged([counterFrame(3, 100n), counterFrame(90, 101n), counterFrame(91, 102n)]);
    assert.deepEqual([jumped.exact, jumped.wrong], [3, null]);
  });

  it('reads the number where nobody counts the pictures, also of one that lies upside down', async () => {
    const uncounted = [3, 90, 7].map((number) => ({ ...counterFrame(number), sequence: undefined }));
    const judgement = await judged(uncounted);
    assert.deepEqual([judgement.received, judgement.exact, judgement.late], [3, 3, 1]);
    const { pixels, strideBytes, height, ...rest } = counterFrame(8);
    const rows = Array.from({ length: height }, (_, y) => pixels.subarray(y * strideBytes, (y + 1) * strideBytes));
    const flipped = { ...rest, height, strideBytes, pixels: Buffer.concat(rows.reverse()), isFlipped: true };
    assert.equal((await judged([{ ...flipped, sequence: undefined }])).exact, 1);
    assert.equal((await judged([{ ...flipped, isFlipped: false }])).exact, 0);
  });

  it('finds one wrong byte', async () => {
    const wrong = counterFrame(8);
    wrong.pixels[40 * wrong.strideBytes + 9]! ^= 0xff;
    const judgement = await judged([counterFrame(7), wrong, counterFrame(9)]);
    assert.deepEqual([judgement.received, judgement.exact, judgement.torn], [3, 2, 0]);
    assert.equal(judgement.wrong, 'picture 2 shows frame 8, which differs at 2,40');
  });

  it('finds half of one frame above half of another torn', async () => {
    const [upper, lower] = [counterFrame(7), counterFrame(8)];
    upper.pixels.set(lower.pixels.subarray(48 * lower.strideBytes), 48 * upper.strideBytes);
    const judgement = await judged([counterFrame(6), upper]);
    assert.deepEqual([judgement.exact, judgement.torn], [1, 1]);
  });

  it('finds an older frame late, and what is no pattern unreadable', async () => {
    const blank = { ...counterFrame(9), pixels: new Uint8Array(192 * 96 * 4) };
    const judgement = await judged([counterFrame(7, 7n), counterFrame(6, 8n), blank]);
    assert.deepEqual([judgement.exact, judgement.late, judgement.unreadable], [2, 1, 1]);
    assert.match(judgement.wrong!, /picture 2 shows frame 6 after frame 7/);
    assert.equal((await judged([])).received, 0);
  });
});
