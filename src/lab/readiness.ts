/** What a guest must have and have done before a command runs in it. */
import { GuestheadError } from '../errors.js';
import { missingInput } from './input.js';
import type { Kernel } from './kernel/locate.js';
import type { LabOptions } from './lab-options.js';

export interface BootedGuest {
  /** Runs a script in the guest, and resolves with what that printed. */
  readonly run: (script: string) => Promise<string>;
  readonly kernel: Kernel;
  readonly options: LabOptions;
  /** A script that returns once the guest has all the heads. */
  readonly allConnected: string;
}

/** Throws ERR_LAB, naming the kernel's options, where a driver is missing. */
export async function untilReady({ run, kernel, options, allConnected }: BootedGuest): Promise<void> {
  const require = async (missing: string) => {
    const names = (await run(missing)).split('\n').filter(Boolean);
    if (names.length > 0) throw lacks(kernel, names);
  };
  // Where nothing tells what an image has built in, only its boot does.
  if (kernel.isNamed) await require(missingDrivers);
  if (options.input === true) await require(missingInput);
  await run(allConnected);
  if (options.init !== undefined) await run(allStarted);
}

/** Prints the options of those that are neither built in nor loaded. */
const missingDrivers = [
  'test -d /sys/bus/virtio/drivers/virtio_gpu || echo CONFIG_DRM_VIRTIO_GPU',
  'ls -d /sys/devices/*/vgem >/dev/null 2>&1 || echo CONFIG_DRM_VGEM',
].join('; ');

/** Returns once systemd, where that is PID 1, has started all that it starts, whether well or not. */
const allStarted = `case $(readlink /proc/1/exe) in */systemd)
  until test -S /run/systemd/private; do sleep 0.1; done
  systemctl is-system-running --wait
esac`;

function lacks({ release }: Kernel, names: readonly string[]): GuestheadError {
  return new GuestheadError('ERR_LAB', `Linux ${release} lacks ${names.join(' and ')}`, {
    advice: 'switch them on, or name the folder of the modules with --modules',
  });
}
