/** A kiosk on the real libwayland and a fake display, and clients that write the wire themselves. */
import { closeSync, mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GpuOptions } from '../../../src/gpus/index.js';
import type { Head } from '../../../src/head/index.js';
import { Kiosk, type KioskOptions } from '../../../src/kiosk/index.js';
import type { SyncAddon } from '../../../src/native/sync.js';
import type { NativeWayland } from '../../../src/native/wayland.js';
import type { Gl } from '../../../src/gl/index.js';
import type { FakeKernel } from '../../../src/testing/index.js';
import { enums } from '../../../src/wayland/index.js';
import type { FakeMode } from '../../../src/testing/index.js';
import { closeAll, HeadOnFake } from '../../support/fake-head.js';
import { FakeKeyboard } from '../../support/seat-rig.js';
import { WireClient } from '../../support/wayland-client.js';
import { native } from './addon.js';
import { memoryFile, openDescriptors } from './descriptors.js';

export class KioskRig {
  readonly #folder = mkdtempSync(join(tmpdir(), 'guesthead-kiosk-'));
  readonly path = join(this.#folder, 'wayland-0');
  readonly kiosk: Kiosk;
  #server: NativeWayland | undefined;

  /** How often a client's memory was made a dma-buf, and with what that fails; undefined: it works. */
  readonly wrapping = { times: 0, failure: undefined as Error | undefined };

  /** What was put into sealed files for clients. */
  readonly sealed: Uint8Array[] = [];
  /** With what drawing a client's picture fails; undefined: it works. */
  paintFailure: Error | undefined;

  private constructor(
    private readonly on: HeadOnFake,
    readonly heads: readonly Head[],
    options: KioskOptions,
    openGl: ((kernel: FakeKernel) => Promise<Gl>) | undefined,
  ) {
    this.kiosk = new Kiosk(
      heads,
      {
        ...native,
        ...dmabufCallsOf(on),
        openWayland: (...given) => this.#withUdmabuf(...given),
        createSealedFile: (bytes) => {
          this.sealed.push(bytes);
          return native.createSealedFile(bytes);
        },
      },
      { background: 0, gpus: gpusOf(on, openGl), keyboard: new FakeKeyboard(), ...options },
    );
    this.kiosk.listen(this.path);
  }

  /**
   * `modes`: of each head; `openGl`: what draws in place of the fake GPU, which does not; `gpus`: what is asked of the pair;
   * `sync`: where its GPUs have timelines.
   */
  static async open(
    options: KioskOptions = {},
    modes: readonly FakeMode[] = [],
    openGl?: (kernel: FakeKernel) => Promise<Gl>,
    gpus: GpuOptions = {},
    sync?: SyncAddon,
  ): Promise<KioskRig> {
    const connectors = modes.map((mode) => ({ modes: [mode] }));
    const on = await HeadOnFake.open(modes.length === 0 ? { gpus } : { connectors, gpus });
    Object.assign(on.kernel.native, sync);
    const heads = [on.head];
    for (const number of modes.keys())
      if (number > 0) heads.push(await on.gpus.openHead({ connector: `Virtual-${number + 1}` }));
    return new KioskRig(on, heads, options, openGl);
  }

  get head() {
    return this.on.head;
  }

  get kernel() {
    return this.on.kernel;
  }

  get gpus() {
    return this.on.gpus;
  }

  /** What this process has open and made on clients' behalf. */
  held() {
    return { ...this.on.kernel.held(), ...this.#server?.stats(), descriptors: openDescriptors() };
  }

  /** A client with a window. */
  open(): Promise<Window> {
    return Window.open(this.path);
  }

  /** A socket whose clients are shown on a head. */
  listen(connector: string): string {
    const path = join(this.#folder, connector);
    this.kiosk.listen(path, connector);
    return path;
  }

  /** What the display shows on a connector, the first unless named. */
  pixels(connector?: string): Uint32Array | undefined {
    return this.on.kernel.screen(connector).picture?.pixels;
  }

  /** Of the picture on a connector, without what is not seen. */
  pixelAt(x: number, y: number, connector?: string): number {
    const { pixels, strideBytes = 0 } = this.on.kernel.screen(connector).picture ?? {};
    return (pixels?.[(y * strideBytes) / 4 + x] ?? 0) & 0xffffff;
  }

  /** A picture in one colour that fills the window; resolves when it was shown. */
  async fill(window: Window, colour: number, size = window.ack()): Promise<void> {
    const callback = window.show(window.buffer(...size, colour));
    await this.flipUntil(() => window.client.eventsOf(callback).length > 0);
  }

  /** Refreshes until it holds, with turns between in which clients are heard. */
  async flipUntil(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      await this.on.kernel.flip();
    }
  }

  /** This machine has no /dev/udmabuf: a dma-buf of the fake kernel's stands in, with the picture of that moment. */
  #withUdmabuf(...given: Parameters<typeof native.openWayland>) {
    const server = native.openWayland(...given);
    this.#server = server;
    const shmPaint = server.shmPaint.bind(server);
    server.shmPaint = (...of) => {
      if (this.paintFailure !== undefined) throw this.paintFailure;
      return shmPaint(...of);
    };
    server.shmDmabuf = (handle) => {
      this.wrapping.times++;
      if (this.wrapping.failure !== undefined) throw this.wrapping.failure;
      const [width, height, strideBytes] = server.shmInfo(handle) ?? [0, 0, 0];
      const fd = this.on.kernel.createDmabuf(strideBytes * height);
      const pixels = this.on.kernel.pixelsOf(fd);
      if (pixels === undefined) throw new Error('no such dma-buf');
      const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
      server.shmRead(handle, bytes, strideBytes, 0, 0, width, height);
      return fd;
    };
    return server;
  }

  async close(): Promise<void> {
    await this.kiosk.close();
    for (const head of this.heads) await head.close();
    await closeAll();
    rmSync(this.#folder, { recursive: true });
  }
}

function gpusOf(
  { gpus, kernel }: HeadOnFake,
  openGl: ((kernel: FakeKernel) => Promise<Gl>) | undefined,
): KioskOptions['gpus'] {
  if (openGl === undefined) return gpus;
  const { render, display, changes$ } = gpus;
  return { render, display, changes$, openSyncDevice: () => gpus.openSyncDevice(), openGl: () => openGl(kernel) };
}

/** Its dma-bufs answer as the fake kernel has them. */
function dmabufCallsOf({ kernel: { native: fake } }: HeadOnFake) {
  return {
    mapDmabuf: (fd: number, bytes: number) => fake.mapDmabuf(fd, bytes),
    exportSyncFile: (fd: number) => fake.exportSyncFile(fd),
    syncFileInfo: (fd: number) => fake.syncFileInfo(fd),
    watchReadable: (...given: Parameters<typeof native.watchReadable>) => fake.watchReadable(...given),
  };
}

/** A client with a window, whose size has been told to it. */
export class Window {
  readonly surface: number;
  readonly xdg: number;
  readonly toplevel: number;
  readonly #shm: number;
  readonly #fds: number[] = [];

  private constructor(readonly client: WireClient) {
    const base = client.bind('xdg_wm_base');
    this.#shm = client.bind('wl_shm');
    this.surface = client.request(client.bind('wl_compositor'), 'create_surface');
    this.xdg = client.request(base, 'get_xdg_surface', this.surface);
    this.toplevel = client.request(this.xdg, 'get_toplevel');
  }

  static async open(path: string): Promise<Window> {
    const window = new Window(await WireClient.connect(path));
    window.client.request(window.surface, 'commit');
    await window.client.roundtrip();
    return window;
  }

  /** The last size that it was told, and its serial is answered. */
  ack(): [width: number, height: number] {
    const [, width, height] = this.client.eventsOf(this.toplevel).findLast(([name]) => name === 'configure') ?? [];
    const [, serial] = this.client.eventsOf(this.xdg).at(-1) ?? [];
    this.client.request(this.xdg, 'ack_configure', serial as number);
    return [width as number, height as number];
  }

  /** A picture in one colour, or of a colour for each pixel. */
  buffer(width: number, height: number, colour: number | ((x: number, y: number) => number), hasAlpha = false): number {
    const bytes = width * height * 4;
    const fd = memoryFile(bytes);
    this.#fds.push(fd);
    const colourAt = typeof colour === 'number' ? () => colour : colour;
    const pixels = Uint32Array.from({ length: width * height }, (_, at) =>
      colourAt(at % width, Math.floor(at / width)),
    );
    writeSync(fd, new Uint8Array(pixels.buffer), 0, bytes, 0);
    const pool = this.client.requestWith([fd], this.#shm, 'create_pool', bytes);
    const { argb8888, xrgb8888 } = enums.wl_shm.format;
    return this.client.request(pool, 'create_buffer', 0, width, height, width * 4, hasAlpha ? argb8888 : xrgb8888);
  }

  /** Its frame callback. */
  show(buffer: number, damage?: readonly number[]): number {
    return this.showOn(this.surface, buffer, damage);
  }

  /** The same on another surface of its client. */
  showOn(surface: number, buffer: number, [x, y, width, height]: readonly number[] = [0, 0, 10_000, 10_000]): number {
    const { client } = this;
    client.request(surface, 'attach', buffer, 0, 0);
    client.request(surface, 'damage_buffer', x ?? 0, y ?? 0, width ?? 0, height ?? 0);
    const callback = client.request(surface, 'frame');
    client.request(surface, 'commit');
    return callback;
  }

  close(): void {
    this.client.close();
    for (const fd of this.#fds) closeSync(fd);
  }
}
