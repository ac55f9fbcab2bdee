/** The older form of flips on a real head: one buffer, on the screen all the time, flushed with DRM_IOCTL_MODE_DIRTYFB. */
import { Observable } from 'rxjs';
import type { ScanoutBuffer } from '../buffer/index.js';
import { dirtyLoop, monotonicClock, type DirtyParts, type Flip } from '../loop/index.js';
import type { KernelScanout } from './kernel-scanout.js';

export interface DirtyFlipsParts extends Omit<DirtyParts, 'buffer' | 'clock' | 'surface'> {
  readonly buffer: ScanoutBuffer;
  /** The buffer is attached to its slot 0. */
  readonly scanout: KernelScanout;
  /** Resolves when the host has been told of what was drawn. */
  readonly flush: () => Promise<void>;
  /** The first frame is on the screen. */
  readonly onShown: () => void;
}

export function dirtyFlips({ scanout, flush, onShown, ...parts }: DirtyFlipsParts): Observable<Flip> {
  const show = () => {
    const result = scanout.commit(0, -1, true, undefined, false);
    if (result === 0) onShown();
    return result;
  };
  const flips$ = dirtyLoop({
    ...parts,
    clock: monotonicClock,
    surface: {
      show,
      flush,
      flushPending: () => scanout.pendingFences(0, -1).length > 0,
      regain: () => scanout.regain(),
      gone: () => scanout.gone(),
    },
  });
  return new Observable((subscriber) => {
    subscriber.add(scanout.events$.subscribe()); // of its commits, for which it does not wait
    return flips$.subscribe(subscriber);
  });
}
