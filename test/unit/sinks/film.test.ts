import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { Film } from '../../../src/sinks/index.js';
import { pixmanFormat } from '../../../src/host/watch/pixel-format.js';
import { Screen } from '../../../src/host/watch/screen.js';
import { Pictures } from '../../../src/host/watch/surface.js';

const format = pixmanFormat(0x20020888) ?? assert.fail();

function show(screen: Screen, width: number, height: number, value: number): void {
  const layout = { width, height, stride: width * 4, format };
  screen.show(new Pictures(layout, new Uint8Array(width * height * 4).fill(value)));
}

interface FilmFacts {
  readonly frames: number;
  readonly repeated: number;
}

describe('a film', () => {
  it('begins with the first picture, repeats what does not change, and keeps its size', async () => {
    const output = new PassThrough({ highWaterMark: 1 << 20 });
    const film = new Film(output, { hz: 200, frames: 6 });
    const screen = new Screen();
    film.update(screen); // nothing is shown yet
    show(screen, 4, 2, 255);
    film.update(screen);
    await once(output, 'readable'); // the first frame is out
    show(screen, 8, 8, 0);
    film.update(screen);
    await film.done;
    await film.end();
    const bytes = Buffer.concat((await output.toArray()) as Buffer[]);
    const header = 'YUV4MPEG2 W4 H2 F200:1 Ip A1:1 C420jpeg XCOLORRANGE=LIMITED\n';
    assert.equal(bytes.toString('latin1', 0, header.length), header);
    const frames = Array.from({ length: 6 }, (_, n) =>
      bytes.subarray(header.length + n * 18, header.length + n * 18 + 18),
    );
    assert.equal(bytes.length, header.length + 6 * 18);
    assert.deepEqual([frames[0]?.[6], frames[5]?.[6]], [235, 16], 'white, then the black one');
    const { frames: count, repeated } = film.facts()['film'] as FilmFacts;
    assert.deepEqual([count, repeated, film.reasons()], [6, 4, []]);
  });

  it('ends where it cannot be written, in the words of the system', async () => {
    const output = new Writable({
      write: (_chunk, _encoding, done) => {
        done(Object.assign(new Error('write ENOSPC'), { errno: -28, code: 'ENOSPC', syscall: 'write' }));
      },
    });
    const film = new Film(output, { hz: 50 });
    const screen = new Screen();
    show(screen, 4, 2, 255);
    film.update(screen);
    await assert.rejects(film.done, { code: 'ERR_SYSTEM', message: /write: ENOSPC/ });
    await film.end();
  });
});
