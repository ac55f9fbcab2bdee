/** The display's heads as the host's windows on them: each open with a size, or closed. */
import { GuestheadError } from '../errors.js';
import type { MachineOptions, RunFiles, Size } from './machine.js';
import { requestDesktopSize } from './rfb.js';

/** What the virtio-gpu driver takes for a mode, each way. */
const smallest = 32;
const largest = 8192;

export class Heads {
  constructor(
    private readonly files: RunFiles,
    private readonly machine: MachineOptions,
  ) {}

  /**
   * Opens them all. QEMU's device has the first one open from its start, yet to QEMU's
   * console that window is 0x0, and it would ignore a later 0x0 as nothing new.
   */
  async plugAll(signal: AbortSignal): Promise<void> {
    for (let head = 0; head < this.machine.heads; head++)
      await requestDesktopSize(this.files.vnc(head), this.machine.size, signal);
  }

  /**
   * A shell command that ends when the guest's kernel sees every head connected. A kernel without a
   * framebuffer console does not look by itself: until somebody asks, a connector's status is unknown.
   */
  allConnected(): string {
    const connectors = '/sys/class/drm/card*-Virtual-*/status';
    // By the shell alone: each program that it started would be one more to be loaded under emulation.
    const count = `for status in ${connectors}; do read -r is < $status; [ "$is" != connected ] || n=$((n + 1)); done`;
    const look = `for status in ${connectors}; do echo detect > $status; done; sleep 0.05`;
    return `until n=0; ${count}; [ $n -ge ${this.machine.heads} ]; do ${look}; done`;
  }

  async resize(head: number, size: Size): Promise<void> {
    for (const pixels of [size.width, size.height])
      if (!Number.isInteger(pixels) || pixels < smallest || pixels > largest)
        throw new GuestheadError('ERR_USAGE', `A head has ${smallest} to ${largest} pixels each way`);
    await requestDesktopSize(this.#serverOf(head), size);
  }

  async unplug(head: number): Promise<void> {
    await requestDesktopSize(this.#serverOf(head), { width: 0, height: 0 });
  }

  #serverOf(head: number): string {
    const { heads } = this.machine;
    if (Number.isInteger(head) && head >= 0 && head < heads) return this.files.vnc(head);
    throw new GuestheadError('ERR_USAGE', `The lab has no head ${head}`, {
      advice: `its heads are 0 to ${heads - 1}`,
    });
  }
}
