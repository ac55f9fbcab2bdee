/**
 * Drawings that throw, reject, never return or take 200 ms, under both policies, on the real
 * display; prints what became of the flips. Each ends after so many flips or with its error.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openHead } from '../../../src/head/index.js';
import { type Draw, type Flip } from '../../../src/loop/index.js';

const flipsWanted = 40;
/** The frames that go wrong. */
const bad = (frame: { readonly number: number }) => frame.number % 10 === 5;

const draws: Record<string, Draw> = {
  throws: (frame) => {
    frame.pixels.fill(0xff0000, 0, 64);
    if (bad(frame)) throw new Error('out of paint');
  },
  rejects: (frame) => (bad(frame) ? Promise.reject(new Error('out of paint')) : undefined),
  'never returns': (frame) => (frame.number === 5 ? new Promise(() => undefined) : undefined),
  'takes 200 ms': (frame) => (bad(frame) ? sleep(200) : undefined),
};

export interface Outcome {
  readonly draw: string;
  readonly policy: 'end' | 'skip';
  readonly flips: number;
  readonly dropped: number;
  readonly drawnLate: number;
  readonly faults: string[];
  readonly error: string | null;
  /** The CRTC showed a picture of ours right after the fault. */
  readonly shownAfterFault: boolean;
}

const shown = () => readFileSync(state, 'utf8').includes('allocated by = node');
let state = '';

async function attempt(draw: string, policy: 'end' | 'skip'): Promise<Outcome> {
  const head = await openHead({ onDrawError: policy, flipTimeoutMs: 600 });
  state = `/sys/kernel/debug/dri/${/\d+$/.exec(head.info.display.node)?.[0] ?? ''}/state`;
  const seen: Flip[] = [];
  const faults: string[] = [];
  let shownAfterFault = false;
  head.faults$.subscribe(({ code }) => {
    faults.push(code);
    shownAfterFault = shown();
  });
  const error = await new Promise<string | null>((resolve) => {
    const running = head.flips(draws[draw] ?? (() => undefined)).subscribe({
      next: (flip) => {
        seen.push(flip);
        if (seen.length < flipsWanted) return;
        running.unsubscribe();
        resolve(null);
      },
      error: (failure: { code: string }) => {
        resolve(failure.code);
      },
    });
  });
  await head.close();
  const dropped = seen.reduce((sum, flip) => sum + flip.dropped, 0);
  const drawnLate = seen.filter((flip) => flip.drawnLate).length;
  return { draw, policy, flips: seen.length, dropped, drawnLate, faults, error, shownAfterFault };
}

const outcomes: Outcome[] = [];
for (const draw of Object.keys(draws))
  for (const policy of ['end', 'skip'] as const) outcomes.push(await attempt(draw, policy));
console.log(JSON.stringify(outcomes));
process.exit(); // a drawing that never returns is pending still
