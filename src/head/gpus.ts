/** The pair of GPUs as a program holds it. What its heads need of it stays hidden. */
import { filter, map, type Observable } from 'rxjs';
import type { GuestheadError } from '../errors.js';
import type { Gl, GlOptions } from '../gl/index.js';
import {
  connectorLists,
  connectorsOf,
  describeGpu,
  describeRender,
  GpuPair,
  sharedFormats,
  type ConnectorInfo,
  type FormatInfo,
  type GpuDevice,
  type GpuOptions,
  type PairChange,
  type RenderDevice,
  type SyncDevice,
} from '../gpus/index.js';
import type { Head } from './head.js';
import { openHeadOn } from './open-head.js';
import type { HeadOptions } from './options.js';
import { RenderGl } from './render-gl.js';

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
  readonly #gl: RenderGl;

  /** Use `openGpus`. @internal */
  constructor(pair: GpuPair) {
    this.#pair = pair;
    this.#gl = new RenderGl(pair);
  }

  /**
   * A head on one of the display's connectors: allocates the backbuffers and brings them to
   * the display. Nothing on the screen changes before a frame is presented. The head is closed with
   * the pair. Throws a GuestheadError that says why; nothing stays open then.
   */
  async openHead(options: HeadOptions = {}): Promise<Head> {
    return openHeadOn(this.#pair, options, false);
  }

  /**
   * Draws with the render GPU: EGL and GLES on its GBM device, on a thread of their own. One for each GPU: a second call
   * gives the same. Closed with the pair, and when the GPU is lost; then, once it is back, another can be opened. Throws
   * ERR_LIBRARY_MISSING, ERR_UNSUPPORTED, ERR_CLOSED, or ERR_DEVICE_LOST while a device is gone.
   */
  async openGl(options: GlOptions = {}): Promise<Gl> {
    return this.#gl.open(options);
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

  /**
   * The GPU that draws: its node, its number for linux-dmabuf's feedback, and a descriptor to open EGL or
   * GBM on. Throws ERR_CLOSED, or ERR_DEVICE_LOST while a device is gone; another node may come back.
   */
  get render(): RenderDevice {
    return describeRender(this.#pair.gpus.render);
  }

  /** The device that shows. Throws as `render` does. */
  get display(): GpuDevice {
    return describeGpu(this.#pair.gpus.display);
  }

  /**
   * @internal Where DRM syncobjs (clients' timelines, in explicit sync) are waited for and signalled: on the GPU that draws or, where that
   * has no timelines, on the display. The caller closes it. Throws ERR_UNSUPPORTED, which says why on neither; else as `render` does.
   */
  openSyncDevice(): SyncDevice {
    return this.#pair.openSyncDevice();
  }

  /** @internal See `GpuPair.renewDisplay`. Throws ERR_CLOSED. */
  renewDisplay(fault: GuestheadError): void {
    this.#pair.renewDisplay(fault);
  }

  /** Asked anew, by the kernel of the display. Throws ERR_CLOSED, or ERR_DEVICE_LOST while a device is gone. */
  connectors(): ConnectorInfo[] {
    return connectorsOf(this.#pair.gpus);
  }

  /**
   * The list of `connectors()` now, and again after each hotplug and each return of a lost device, where it has
   * changed. Completes with the pair; errors with ERR_CLOSED where that is closed already.
   */
  get connectors$(): Observable<ConnectorInfo[]> {
    return connectorLists(this.changes$, () => this.connectors());
  }

  /**
   * What every primary plane of the display scans out and the GPU draws, in the display's order.
   * Heads need linear XRGB8888, which is the only format that virtio-gpu has. Asked anew at each call. Throws ERR_CLOSED, or ERR_DEVICE_LOST while a device is gone.
   */
  formats(): FormatInfo[] {
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
