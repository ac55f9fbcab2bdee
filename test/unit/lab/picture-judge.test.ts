/** The lab's consumer: judges the counter pattern alone, and lets go of everything. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { format } from '../../../src/ffi/index.js';
import { PictureJudge, type Judgeable } from '../../../src/lab/picture-judge.js';
import { createPattern, NoteWriter, type Handover, type PatternName } from '../../../src/render/index.js';

const [width, height] = [128, 96];

class Exported implements Judgeable {
  readonly width = width;
  readonly height = height;
  readonly format = format.XRGB8888;
  readonly strideBytes = width * 4;
  readonly privateData: Uint8Array;
  releases = 0;
  readonly #pixels = new Uint32Array(width * height);

  constructor(
    readonly frame: number,
    readonly sequence: bigint,
    note: PatternName | undefined,
    handover?: Handover,
  ) {
    this.privateData = note === undefined ? new Uint8Array() : new NoteWriter(note).note(handover);
    if (note !== 'none')
      createPattern('counter').draw({ width, height, stridePixels: width, pixels: this.#pixels }, frame, 0);
  }

  read<T>(use: (pixels: Uint8Array) => T): T {
    assert.equal(this.releases, 0, 'it is read before it is released');
    return use(new Uint8Array(this.#pixels.buffer));
  }

  release(): void {
    this.releases++;
  }
}

function judged(...exports: Exported[]) {
  const judge = new PictureJudge();
  for (const one of exports) judge.take(one);
  assert.deepEqual(
    exports.map(({ releases }) => releases),
    exports.map(() => 1),
  );
  return judge.report();
}

describe('the judge of what a guest exports', () => {
  it('judges the counter pattern, whether or not it is told that it is that, and how long it had each', () => {
    const { judgeMs, ...counts } = judged(new Exported(7, 1n, 'counter'), new Exported(8, 2n, undefined));
    assert.deepEqual(counts, { received: 2, exact: 2, torn: 0, unjudged: 0, arrival: null, faults: [] });
    assert.ok(judgeMs !== null && judgeMs.max > 0);
  });

  it('releases the pictures of another pattern without a look', () => {
    const { received, exact, unjudged, faults } = judged(new Exported(0, 1n, 'none'), new Exported(0, 2n, 'bars'));
    assert.deepEqual({ received, exact, unjudged, faults }, { received: 2, exact: 0, unjudged: 2, faults: [] });
  });

  it('says how many came late, of any pattern, by the moments that their notes have', () => {
    const hour = 3_600_000;
    const at = 3 * hour;
    const quick = new Exported(0, 1n, 'none', { at, periodMs: hour });
    const slow = new Exported(1, 2n, 'counter', { at: at - 2 * hour, periodMs: hour });
    const { arrival } = judged(quick, slow, new Exported(2, 3n, 'counter'));
    assert.equal(arrival?.late, 1);
    assert.ok(arrival.delayMs.max > 50_000, 'two hours: recorded up to a minute');
  });

  it('counts a picture that came after a later one as not exact, and begins each count anew', () => {
    const judge = new PictureJudge();
    for (const one of [new Exported(9, 3n, 'counter'), new Exported(8, 4n, 'counter')]) judge.take(one);
    const { received, exact, faults } = judge.report();
    assert.deepEqual([received, exact], [2, 1]);
    assert.match(faults.join(), /picture 2 shows frame 8 after frame 9/);
    const none = { received: 0, exact: 0, torn: 0, unjudged: 0, judgeMs: null, arrival: null, faults: [] };
    assert.deepEqual(judge.report(), none);
  });
});
