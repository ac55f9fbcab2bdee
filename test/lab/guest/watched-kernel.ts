/** The addon, with a record of what is committed through it. */
import { systemKernel, type Kernel } from '../../../src/device/index.js';
import { commitFlag, loadNative, type AtomicRequest, type NativeDevice } from '../../../src/native/index.js';
import { monotonicClock } from '../../../src/loop/index.js';

/** A commit of a frame. */
export interface FlipCommit {
  /** CLOCK_MONOTONIC, ms, before the call. */
  readonly at: number;
  readonly hasFence: boolean;
  /** With the whole mode. */
  readonly modeset: boolean;
  /** 0 or a negative errno. */
  readonly result: number;
}

export interface Commits {
  readonly flips: FlipCommit[];
  /** What else was set, beside the frame's picture or without one: modes, restores. */
  readonly others: AtomicRequest[];
}

export function watchedKernel(commits: Commits): Kernel {
  const native = loadNative();
  const openDevice = (fd: number) => watchedDevice(native.openDevice(fd), commits);
  return { ...systemKernel, native: replacing(native, { openDevice }) };
}

function watchedDevice(device: NativeDevice, commits: Commits): NativeDevice {
  return replacing(device, {
    commit: (request, flags) => {
      if ((flags & commitFlag.testOnly) === 0) commits.others.push(request);
      device.commit(request, flags);
    },
    createScanout: (ids, handlers) => {
      const scanout = device.createScanout(ids, handlers);
      return replacing(scanout, {
        commit: (...given) => {
          const [, inFence, flags, , , state] = given;
          const at = monotonicClock.now();
          const result = scanout.commit(...given);
          const modeset = (flags & commitFlag.allowModeset) !== 0;
          commits.flips.push({ at, hasFence: inFence >= 0, modeset, result });
          if (state !== undefined && result === 0) commits.others.push(state);
          return result;
        },
      });
    },
  });
}

/** An object of the addon with other methods for some of its own. */
function replacing<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(name in methods ? methods : target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
