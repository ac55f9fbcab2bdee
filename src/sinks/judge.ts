/** Judges pictures of the counter pattern, each by all of its pixels. */
import { format } from '../ffi/index.js';
import {
  codeHeight,
  createPattern,
  judgeCapture,
  minimumHeight,
  minimumWidth,
  readCode,
  type CaptureVerdict,
} from '../render/index.js';
import { rgbOf, type SinkFrame } from './frame.js';
import type { Sink } from './sink.js';

export interface Judgement {
  readonly received: number;
  /** Every pixel is what the picture's own number says. */
  readonly exact: number;
  /** More than one frame in one picture. */
  readonly torn: number;
  /** No number can be read: nothing is known of these. */
  readonly unreadable: number;
  /** Shown after a picture with a higher number. */
  readonly late: number;
  /** The first that was wrong, in one line; null where none was. */
  readonly wrong: string | null;
}

export interface JudgeSink extends Sink<Judgement> {
  readonly judgement: Judgement;
  /** Of the last picture that has a number. */
  readonly lastFrame: number | undefined;
}

export function judgeSink(): JudgeSink {
  const expected = new Expected();
  const counts = { received: 0, exact: 0, torn: 0, unreadable: 0, late: 0, wrong: null as string | null };
  let last: Seen | undefined;
  return {
    get judgement() {
      return { ...counts };
    },
    get lastFrame() {
      return last?.number;
    },
    write: (frame) => {
      const verdict = judge(frame, last, expected);
      count(counts, verdict, last?.number);
      if (verdict.frame !== undefined) last = { number: verdict.frame, sequence: frame.sequence };
    },
    end: () => Promise.resolve({ ...counts }),
  };
}

interface Seen {
  /** In the picture, modulo 2^32. */
  readonly number: number;
  readonly sequence: bigint | undefined;
}

type Counts = { -readonly [Name in keyof Judgement]: Judgement[Name] };

/** A picture that is the one to be expected is compared at the memory's speed; any other is looked at pixel by pixel. */
function judge(frame: SinkFrame, last: Seen | undefined, expected: Expected): CaptureVerdict {
  if (frame.width < minimumWidth || frame.height < minimumHeight)
    return { frame: undefined, torn: false, exact: false, firstDifference: undefined };
  const number = likelyNumber(frame, last);
  if (number !== undefined && expected.is(frame, number))
    return { frame: number, torn: false, exact: true, firstDifference: undefined };
  return judgeCapture({ width: frame.width, height: frame.height, rgb: rgbOf(frame) });
}

/** What its number has to be after the last one's; where nobody counts, what its first rows say. */
function likelyNumber(frame: SinkFrame, last: Seen | undefined): number | undefined {
  if (frame.sequence === undefined || last?.sequence === undefined) return numberIn(frame);
  return Number(BigInt.asUintN(32, BigInt(last.number) + frame.sequence - last.sequence));
}

/** As the code at its upper edge has it. */
function numberIn(frame: SinkFrame): number | undefined {
  if (frame.isFlipped === true) return undefined;
  const { width } = frame;
  const height = codeHeight(minimumHeight); // no code has fewer rows
  return readCode({ width, height, rgb: rgbOf({ ...frame, height }) }, 'top').frame;
}

function count(counts: Counts, { frame, torn, exact, firstDifference: at }: CaptureVerdict, last?: number): void {
  const isLate = frame !== undefined && last !== undefined && ((frame - last) | 0) < 0; // numbers wrap
  counts.received++;
  if (exact) counts.exact++;
  if (torn) counts.torn++;
  if (frame === undefined) counts.unreadable++;
  if (isLate) counts.late++;
  if (exact && !isLate) return;
  const what = frame === undefined ? 'has no readable number' : `shows frame ${frame}`;
  const where = at === undefined ? '' : `, which differs at ${at.x},${at.y}`;
  const order = isLate ? ` after frame ${last}` : '';
  counts.wrong ??= `picture ${counts.received} ${what}${where}${order}${torn ? ', torn' : ''}`;
}

/** The pattern as it should be, drawn from the last one compared. */
class Expected {
  readonly #pattern = createPattern('counter');
  #bytes: Buffer = Buffer.alloc(0);
  #size = '';
  #number = 0;

  /** Whether `frame` is the pattern's frame `number`, the unused byte of each pixel (0) included. */
  is(frame: SinkFrame, number: number): boolean {
    if (frame.format !== format.XRGB8888 || frame.isFlipped === true) return false;
    this.#draw(frame, number);
    const row = frame.width * 4;
    for (let y = 0; y < frame.height; y++) {
      const at = y * frame.strideBytes;
      if (this.#bytes.compare(frame.pixels, at, at + row, y * row, (y + 1) * row) !== 0) return false;
    }
    return true;
  }

  #draw({ width, height }: SinkFrame, number: number): void {
    const age = this.#size === `${width}x${height}` ? number - this.#number : 0;
    if (this.#size !== `${width}x${height}`) this.#bytes = Buffer.alloc(width * height * 4);
    const pixels = new Uint32Array(this.#bytes.buffer, this.#bytes.byteOffset, width * height);
    this.#pattern.draw({ width, height, stridePixels: width, pixels }, number, Math.max(0, age));
    this.#size = `${width}x${height}`;
    this.#number = number;
  }
}
