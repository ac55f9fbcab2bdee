/** A real flip, as `auto` would do it, with its flush fence; then the screen is given back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { endWith, filter, firstValueFrom, merge, tap, timer } from 'rxjs';
import type { PathName } from '../buffer/index.js';
import type { GuestheadError } from '../errors.js';
import { openHead, type Head, type OpenHeadOptions } from '../head/index.js';
import { type Flip } from '../loop/index.js';
import { failed, no, ok, statusOfFailure, type Question } from './check.js';
import type { Check } from './report.js';

export interface FlipTrial {
  readonly check: Check;
  /** What the flip took; undefined where there was none. */
  readonly path: PathName | undefined;
}

type FlippingHead = Pick<Head, 'flips' | 'flushFence$' | 'faults$' | 'info' | 'close'>;
export type OpenFlippingHead = (options: OpenHeadOptions) => Promise<FlippingHead>;

const why = 'only a real flip shows whether the host takes the buffer, and how soon it is done with it';
/** A quick host's flush fence can come and go unseen; it is looked for again 31 flips later. */
const mostFlips = 40;
const limitMs = 5000;
/** The kernel log tells what the host refused a little later. */
const hostAnswersMs = 60;
const grey = 0x808080;

export async function tryFlip(render: string, display: string, open: OpenFlippingHead = openHead): Promise<FlipTrial> {
  const question: Question = { id: 'trials.flip', why, device: display };
  try {
    const head = await open({ render, display, path: 'auto' });
    try {
      return await flipOn(head, question);
    } finally {
      await head.close();
    }
  } catch (error) {
    return { check: failed(question, error, statusOfFailure(error)), path: undefined };
  }
}

async function flipOn(head: FlippingHead, question: Question): Promise<FlipTrial> {
  const flips: Flip[] = [];
  const faults: GuestheadError[] = [];
  let flushMs: number | undefined;
  const watching = head.faults$.subscribe((fault) => faults.push(fault));
  watching.add(head.flushFence$.subscribe((ms) => (flushMs ??= ms))); // before the flips: it is sampled while someone listens
  const enough$ = head
    .flips(({ pixels }) => void pixels.fill(grey))
    .pipe(
      tap((flip) => flips.push(flip)),
      filter(() => flushMs !== undefined || flips.length >= mostFlips),
      endWith(undefined),
    );
  try {
    await firstValueFrom(merge(head.faults$, enough$, timer(limitMs)));
    await sleep(hostAnswersMs);
  } finally {
    watching.unsubscribe();
  }
  return judge(question, head.info.path, flips, flushMs, faults);
}

function judge(
  question: Question,
  path: PathName,
  [first]: readonly Flip[],
  flushMs: number | undefined,
  [fault]: readonly GuestheadError[],
): FlipTrial {
  if (fault !== undefined) return { check: failed(question, fault), path: undefined };
  if (first === undefined) {
    const check = no(
      question,
      `no flip event within ${limitMs / 1000} s`,
      'see `dmesg` in the guest, and whether QEMU’s window holds it up',
    );
    return { check, path: undefined };
  }
  const flush =
    flushMs === undefined
      ? 'its flush fence came too quickly to be seen'
      : `its flush fence after ${flushMs.toFixed(1)} ms`;
  const torn = first.tearRisk ? '; the host was not done by then: the picture may be torn' : '';
  return { check: ok(question, `${path}: flip event after ${first.flipMs.toFixed(1)} ms, ${flush}${torn}`), path };
}
