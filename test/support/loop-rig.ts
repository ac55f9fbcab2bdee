/** The flip loop's surroundings, driven by hand. */
import { Subject } from 'rxjs';
import { Swapchain } from '../../src/buffer/index.js';
import { commitFlag } from '../../src/native.js';
import {
  flipLoop,
  type Clock,
  type Draw,
  type Drawable,
  type Flip,
  type Scanout,
  type ScanoutEvent,
} from '../../src/output/index.js';
import { FakeDevice, type FakeScanout } from '../../src/testing/index.js';

export class Canvas implements Drawable {
  readonly layout = { width: 64, height: 32, stride: 256 };
  readonly memory = new Uint32Array(64 * 32);
  pixels(): Uint32Array {
    return this.memory;
  }
  damaged(): void {
    this.memory[1] = 1;
  }
  endDraw(): void {
    this.memory[0] = 0;
  }
}

/** The loop's scanout on the fake addon. */
export class Rig implements Scanout {
  readonly events$ = new Subject<ScanoutEvent>();
  readonly native: FakeScanout;
  readonly closedFences: number[] = [];
  readonly inFences: number[] = [];
  readonly chain: Swapchain<Canvas>;
  restored = 0;
  shown: number[] = [];
  showError: Error | undefined;

  constructor(buffers = 4) {
    this.chain = new Swapchain(Array.from({ length: buffers }, () => new Canvas()));
    this.native = new FakeDevice().createScanout(
      { crtc: 1, plane: 2, fbId: 3, inFenceFd: 4, outFencePtr: 5 },
      {
        flip: (slot, sequence, timestampNs, flushPending) => {
          this.events$.next({ kind: 'flip', slot, sequence, timestampNs, flushPending });
        },
        fence: (slot) => {
          this.events$.next({ kind: 'fence', slot });
        },
        error: (error) => {
          this.events$.next({ kind: 'error', error });
        },
      },
    );
    for (let slot = 0; slot < buffers; slot++) this.native.attach(slot, 100 + slot, -1);
  }

  show(slot: number): void {
    if (this.showError) throw this.showError;
    this.shown.push(slot);
    this.native.setCurrent(slot);
  }
  commit(slot: number, inFence: number): number {
    this.inFences.push(inFence);
    return this.native.commit(slot, inFence, commitFlag.nonblock | commitFlag.pageFlipEvent);
  }
  restore(): void {
    this.restored++;
  }
  closeFence(fd: number): void {
    this.closedFences.push(fd);
  }
}

/** A clock that only `advance` moves. */
export class HandClock implements Clock {
  time = 0;
  #timers: { at: number; callback: () => void }[] = [];
  now = () => this.time;
  after = (ms: number, callback: () => void) => {
    const timer = { at: this.time + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };
  advance(ms: number): void {
    this.time += ms;
    const due = this.#timers.filter(({ at }) => at <= this.time);
    this.#timers = this.#timers.filter(({ at }) => at > this.time);
    for (const { callback } of due) callback();
  }
}

export function start(rig: Rig, draw: Draw = () => undefined, clock: Clock = new HandClock()) {
  const flips: Flip[] = [];
  const seen: { error: unknown } = { error: undefined };
  const subscription = flipLoop(rig.chain, rig, clock, draw).subscribe({
    next: (flip) => flips.push(flip),
    error: (error: unknown) => (seen.error = error),
  });
  return { flips, seen, subscription };
}
