/** The pair of GPUs as a program holds it. What its heads need of it stays hidden. */
import { filter, map, type Observable } from 'rxjs';
import type { GuestheadError } from '../errors.js';
import {
  connectorsOf,
  GpuPair,
  sharedFormats,
  type ConnectorInfo,
  type GpuOptions,
  type PairChange,
} from '../gpus/index.js';
import type { Head } from './head.js';
import { openHeadOn } from './open-head.js';
import type { HeadOptions } from './options.js';

/**
 * Opens the GPU that draws and the device that shows. Throws a GuestheadError that says
 * why, or the reason of `signal`; nothing stays open then.
 */
export async function openGpus(options: GpuOptions = {}): Promise<Gpus> {
  return new Gpus(await GpuPair.open(options));
}

/** Opened by `openGpus`. */
export class Gpus {
  readonly #pair: GpuPair;

  /** Use `openGpus`. */
  constructor(pair: GpuPair) {
    this.#pair = pair;
  }

  /**
   * A head on one of the display's connectors: allocates the backbuffers and brings them to
   * the display. Nothing on the screen changes before a frame is presented. The head is closed with
   * the pair. Throws a GuestheadError that says why; nothing stays open then.
   */
  async openHead(options: HeadOptions = {}): Promise<Head> {
    return openHeadOn(this.#pair, options, false);
  }

  /** Hotplug, losses and returns of a device, faults that the heads outlive. Completes with the pair. */
  get changes$(): Observable<PairChange> {
    return this.#pair.changes$;
  }

  /** What went wrong with the devices; ends with the pair. */
  get faults$(): Observable<GuestheadError> {
    return this.changes$.pipe(
      filter((change) => 'fault' in change),
      map(({ fault }) => fault),
    );
  }

  /** Asked anew: make and model from the EDID. Throws ERR_CLOSED, or ERR_DEVICE_LOST while a device is gone. */
  connectors(): ConnectorInfo[] {
    return connectorsOf(this.#pair.gpus);
  }

  /**
   * By their names in drm_fourcc.h without the prefix (`XRGB8888`): what every primary plane of the
   * display scans out and the GPU renders to in linear buffers, in the display's order. Heads
   * need XRGB8888, which is the only one that virtio-gpu has. Asked anew at each call.
   * Throws ERR_CLOSED, or ERR_DEVICE_LOST while a device is gone.
   */
  formats(): string[] {
    return sharedFormats(this.#pair.gpus);
  }

  /**
   * Leaves the display to others, as when the session is switched away: its heads commit nothing
   * until `resume`, the flips' streams stay open, and nothing is reported as a fault. The last frame stays on
   * the screen until somebody else shows something. Gives DRM master up. Idempotent. Throws ERR_CLOSED.
   */
  pause(): void {
    this.#pair.pause();
  }

  /**
   * Takes the display again after `pause`: each head sets its whole mode with its next frame, and
   * flips go on. Idempotent. Throws ERR_NOT_MASTER, and stays paused, where another process has
   * the display still; ERR_CLOSED.
   */
  resume(): void {
    this.#pair.resume();
  }

  /** Looks now, and not only in a few seconds, whether the host paused the machine. */
  async checkPause(): Promise<void> {
    await this.#pair.checkPause();
  }

  /** Closes its heads, then the devices. Idempotent. */
  close(): void {
    this.#pair.close();
  }
}
