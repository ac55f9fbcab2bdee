/**
 * Opens, flips and closes heads, and fails to open them at each step there is,
 * counting what the process and the kernel hold before and after.
 */
import { firstValueFrom, take } from 'rxjs';
import { systemKernel } from '../../../src/device/index.js';
import { openGpus, openHead, type Head, type OpenHeadOptions } from '../../../src/head/index.js';
import { loadNative, type Native } from '../../../src/native/index.js';
import { held } from './held.js';

async function flipOnce(options: OpenHeadOptions): Promise<void> {
  const head = await openHead(options);
  await firstValueFrom(head.flips((frame) => void frame.pixels.fill(0x808080, 0, 64)).pipe(take(5)));
  await head.close();
  await head.close();
}

/** The addon, failing at one of its methods. */
function failing(method: keyof Native): Native {
  const native = loadNative();
  return new Proxy(native, {
    get: (target, name) => {
      if (name !== method) return Reflect.get(target, name) as unknown;
      return () => {
        throw Object.assign(new Error(`${method} fails`), { errno: 12, code: 'ENOMEM', syscall: method });
      };
    },
  });
}

function refusingDevice(): Native {
  const native = loadNative();
  return {
    ...native,
    mapDmabuf: native.mapDmabuf.bind(native),
    openDevice: (fd: number) => {
      const device = native.openDevice(fd);
      return {
        commit: () => {
          throw Object.assign(new Error('refused'), { errno: 22, code: 'EINVAL', syscall: 'DRM_IOCTL_MODE_ATOMIC' });
        },
        commitAtEnd: device.commitAtEnd.bind(device),
        createScanout: device.createScanout.bind(device),
        close: device.close.bind(device),
      };
    },
  };
}

/** On a pair of GPUs that is closed meanwhile. */
async function openWhileClosing(): Promise<Head> {
  const gpus = await openGpus();
  const opening = gpus.openHead();
  gpus.close();
  return opening;
}

const failures: [string, () => Promise<Head>][] = [
  ['ERR_USAGE', () => openHead({ connector: 'DP-9' })],
  ['ERR_NO_MODE', () => openHead({ mode: '123x45' })],
  ['ERR_NO_DEVICE', () => openHead({ render: 'nvidia' })],
  ['ERR_NOT_DRM', () => openHead({ display: '/dev/null' })],
  ['ERR_SYSTEM', () => openHead({ kernel: { ...systemKernel, native: failing('openDevice') } })],
  ['ERR_COMMIT', () => openHead({ kernel: { ...systemKernel, native: refusingDevice() } })],
  ['ERR_CLOSED', openWhileClosing],
];

await flipOnce({}); // loads libraries and warms caches, which stay
const before = held();
for (let round = 0; round < 6; round++) await flipOnce({ buffers: 2 + (round % 4) });
const codes: string[] = [];
for (const [expected, open] of failures) {
  const code = await open().then(
    () => 'opened',
    (error: unknown) => (error as { code: string }).code,
  );
  codes.push(code === expected ? 'as expected' : `${code} instead of ${expected}`);
}
console.log(JSON.stringify({ before, after: held(), codes }));
