/**
 * Flips 1,000 times with nothing drawn, counting what a frame costs: native
 * calls, ffi-napi calls, and memory that stays.
 */
import { createRequire } from 'node:module';
import { takeWhile, lastValueFrom } from 'rxjs';
import { openHead } from '../../../src/head/index.js';
import { systemKernel } from '../../../src/device/index.js';
import { loadNative, type Native, type NativeDevice, type NativeScanout } from '../../../src/native/index.js';

const [early, late] = [300, Number(process.argv[2] ?? 1000)];
const calls = { commit: 0, other: 0, ffi: 0, samples: 0 };

const bindings = createRequire(import.meta.url)('ffi-napi/lib/bindings') as {
  ffi_call: (...words: unknown[]) => unknown;
};
const { ffi_call: call } = bindings;
bindings.ffi_call = (...words) => {
  calls.ffi++;
  return call(...words);
};

/** Wraps an object of the addon so that its calls are counted. */
function counting<T extends object>(
  target: T,
  count: (name: string) => void,
  wrap: Partial<Record<string, (made: object) => object>> = {},
): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      return (...words: unknown[]) => {
        count(name);
        const made: unknown = Reflect.apply(value, target, words);
        const wrapMade = wrap[name];
        return wrapMade === undefined ? made : wrapMade(made as object);
      };
    },
  });
}

const countScanout = (name: string) => {
  if (name === 'commit') calls.commit++;
  else calls.other++;
};
const native = counting<Native>(loadNative(), (name) => (name === 'sampleFence' ? calls.samples++ : calls.other++), {
  openDevice: (device) =>
    counting(device as NativeDevice, () => calls.other++, {
      createScanout: (scanout) => counting(scanout as NativeScanout, countScanout),
    }),
});

const head = await openHead({ kernel: { ...systemKernel, native } });
let flips = 0;
let atEarly = { rss: 0, ...calls };
let atLate = atEarly;
await lastValueFrom(
  head
    .flips(() => undefined)
    .pipe(
      takeWhile(() => {
        if (++flips === early) atEarly = { rss: process.memoryUsage.rss(), ...calls };
        if (flips === late) atLate = { rss: process.memoryUsage.rss(), ...calls };
        return flips < late;
      }),
    ),
);
await head.close();
console.log(JSON.stringify({ flips: late - early, rssGrowth: atLate.rss - atEarly.rss, early: atEarly, late: atLate }));
