/** A head on a pair of GPUs without a kernel. Its clock is the machine's, and what it defers are real promise jobs. */
import { Subject } from 'rxjs';
import { GuestheadError } from '../../src/errors.js';
import type { GpuPair, PairChange } from '../../src/gpus/index.js';
import { Head } from '../../src/head/head.js';
import { parseHeadOptions, type HeadOptions } from '../../src/head/options.js';
import type { PresentOptions } from '../../src/loop/index.js';
import type { FakeFlip } from '../../src/testing/index.js';
import { fakeSet, ScreenRig, type FakeSet } from './screen-rig.js';

/** Lets what was deferred arrive. */
export const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const opened: HeadRig[] = [];

/** After each test, for their timers keep the process alive. */
export async function closeHeads(): Promise<void> {
  for (const { head } of opened.splice(0)) await head.close();
}

export class HeadRig extends ScreenRig {
  readonly set: FakeSet = fakeSet();
  readonly changes$ = new Subject<PairChange>();
  readonly log: string[] = [];
  readonly head: Head;
  lost = false;
  #gone = false;

  constructor(options: HeadOptions = {}) {
    super();
    const pair = {
      changes$: this.changes$,
      reopens: false,
      gpus: this.claim,
      latest: this.claim,
      assertOpen: () => {
        if (this.lost) throw new GuestheadError('ERR_DEVICE_LOST', 'gone');
      },
      isGone: () => this.lost,
      loseWhatIsGone: () => {
        if (this.#gone) this.loseDevice();
        return this.lost;
      },
      lose: () => {
        this.loseDevice();
      },
    };
    this.head = new Head(pair as unknown as GpuPair, false, parseHeadOptions(options), this.claim, this.set.set);
    opened.push(this);
    this.head.faults$.subscribe(({ code }) => this.log.push(code));
  }

  /** The frame path says so, and so does the kernel when it is asked. */
  override lose(): void {
    this.#gone = true;
    super.lose();
  }

  /** As the pair tells it, once. */
  loseDevice(): void {
    if (this.lost) return;
    this.lost = true;
    this.changes$.next({ kind: 'lost', role: 'display', fault: new GuestheadError('ERR_DEVICE_LOST', 'gone') });
  }

  /** A flip, and all that follows from it. */
  async flipped(flip: FakeFlip = {}): Promise<void> {
    this.scanout.flip(flip);
    await turn();
  }

  listening(name: string): PresentOptions {
    return {
      onOutcome: (outcome) => this.log.push(`${name} ${outcome.kind === 'shown' ? 'shown' : outcome.reason}`),
      onReleased: () => this.log.push(`${name} released`),
    };
  }

  present(name: string): void {
    const frame = this.head.acquire();
    if (frame === undefined) throw new Error(this.head.waiting().join());
    this.head.present(frame, this.listening(name));
  }
}
