/** The trials themselves, on the two devices. */
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { allocateUdmabuf, climbDown, importHandle, paddedSize, renderUsage, type PathName } from '../buffer/index.js';
import { canReadKernelLog, systemKernel, watchHostRefusals, type HostRefusal, type Selected } from '../device/index.js';
import { coded } from '../errors.js';
import { openSyncDevice, primaryFormats, type PlaneFormats } from '../gpus/index.js';
import {
  addFramebuffer,
  closeFramebuffer,
  createDumb,
  destroyDumb,
  format,
  primeHandleToFd,
  type DmabufFd,
  type FramebufferId,
  type GbmBuffer,
  type GemHandle,
} from '../ffi/index.js';
import { loadNative } from '../native/index.js';
import { Owner } from '../owner.js';
import { attempt } from './check.js';
import type { Files } from './files.js';
import { parseSharedMemory, type SharedMemory } from './placement.js';
import { commonAlignment, importedWidths, narrowWidths, type RowFacts } from './rows.js';
import { TrialDevices } from './trial-devices.js';

/** The steps of the import path, each to be taken once and in this order, and what else can be tried. All may throw. */
export interface Bench {
  allocate(): string;
  export(): string;
  import(): string;
  addFramebuffer(): string;
  /** A TEST_ONLY commit. Throws ERR_NOT_MASTER or ERR_NO_CONNECTOR where it cannot be tried. */
  testCommit(): string;
  /** What each side asks of a row. */
  rows(): RowFacts;
  /** What the GPU says of its memory once a buffer has been imported. */
  sharedMemory(): SharedMemory;
  /** What the display shows. */
  formats(): readonly PlaneFormats[];
  /** A small dma-buf of ordinary memory, imported into the display. */
  importUdmabuf(): string;
  /** All that clients' timelines are used for, on the node that the kiosk would take. */
  explicitSync(): string;
  /** As `auto` would try it; throws as `testCommit` does where all went well but for that. */
  tryPath(path: PathName): Promise<void>;
  /** What the host refused meanwhile; undefined where the kernel log may not be read. */
  hostRefusals(): Promise<readonly HostRefusal[] | undefined>;
  close(): void;
}

/** Of pictures whose rows are looked at: a multiple of what any GPU rounds a height up to. */
const narrowHeight = 64;
const tinyBytes = 64 * 2 ** 10;
/** The host answers in a few ms; the kernel logs what it answered. */
const hostAnswersMs = 60;

/** Opens nothing yet. */
export function openBench(render: Selected, display: Selected, files: Files): Bench {
  return new DeviceBench(render.node, display, files);
}

class DeviceBench implements Bench {
  readonly #owner = new Owner();
  readonly #devices: TrialDevices;
  readonly #refusals: HostRefusal[] = [];
  #watching = false;
  #buffer: GbmBuffer | undefined;
  #dmabuf: DmabufFd | undefined;
  #handle: GemHandle | undefined;
  #framebuffer: FramebufferId | undefined;

  constructor(
    private readonly renderNode: string,
    private readonly display: Selected,
    private readonly files: Files,
  ) {
    this.#devices = new TrialDevices(renderNode, display.node, this.#owner);
  }

  allocate(): string {
    const { gbm, node } = this.#devices.render();
    const { width, height } = this.#devices.size();
    const shape = { ...paddedSize({ width, height }), format: format.XRGB8888, usage: renderUsage };
    this.#buffer = this.#owner.own(gbm.createBuffer(shape));
    return `${node.driver}: ${width}x${height} XRGB8888, linear, stride ${this.#buffer.stride()}`;
  }

  export(): string {
    const { node } = this.#devices.render();
    const handle = needed(this.#buffer).handle;
    this.#dmabuf = this.#owner.own(primeHandleToFd(node.fd, handle, { readWrite: true }), closeSync);
    return 'a dma-buf, readable and writable';
  }

  import(): string {
    const { handles, node } = this.#devices.display();
    this.#watchHost();
    const from = this.#devices.render().node.driver;
    this.#handle = this.#owner.own(importHandle(node, handles, needed(this.#dmabuf), from), (handle) => {
      handles.release(handle);
    });
    return `${node.driver} took the buffer of ${from}`;
  }

  addFramebuffer(): string {
    const { node } = this.#devices.display();
    const planes = [{ handle: needed(this.#handle), pitch: needed(this.#buffer).stride(), offset: 0 }];
    const options = { ...this.#devices.size(), format: format.XRGB8888, planes };
    this.#framebuffer = this.#owner.own(addFramebuffer(node.fd, options), (id) => {
      closeFramebuffer(node.fd, id);
    });
    return 'AddFB2 made a framebuffer of it';
  }

  testCommit(): string {
    const { screen, mode } = this.#devices.committer();
    screen.test(mode, needed(this.#framebuffer));
    return `the display would show it at ${mode.width}x${mode.height} (TEST_ONLY)`;
  }

  rows(): RowFacts {
    const made = commonAlignment(narrowWidths.map((width) => this.#renderRow(width)));
    const shown = commonAlignment(narrowWidths.map((width) => this.#displayRow(width)));
    const taken = importedWidths.find(([, width]) => 'value' in attempt(() => this.#importRow(width)))?.[0];
    const width = this.#devices.size().width * 4;
    return { made, taken, shown, width, stride: needed(this.#buffer).stride() };
  }

  sharedMemory(): SharedMemory {
    return parseSharedMemory(this.files.text(`/proc/self/fdinfo/${this.#devices.render().node.fd}`) ?? '');
  }

  formats(): readonly PlaneFormats[] {
    return primaryFormats(this.#devices.display().node);
  }

  importUdmabuf(): string {
    const { handles, node } = this.#devices.display();
    this.#watchHost();
    const fd = allocateUdmabuf(loadNative(), tinyBytes);
    try {
      handles.release(importHandle(node, handles, fd, 'udmabuf'));
    } finally {
      closeSync(fd);
    }
    return `${node.driver} took ${tinyBytes / 2 ** 10} KiB of ordinary memory`;
  }

  explicitSync(): string {
    const { device, driver, path } = openSyncDevice([this.renderNode, this.display.device.render], systemKernel);
    device.close();
    return `by ${driver} (${path})`;
  }

  async tryPath(path: PathName): Promise<void> {
    const { gbm, node: render } = this.#devices.render();
    const { node: display, handles } = this.#devices.display();
    const devices = { native: loadNative(), gbm, render, display, handles, source: 'cpu' } as const;
    let untried: unknown;
    const rung = await climbDown([path], devices, this.#devices.size(), 1, ({ framebuffer }) => {
      const committer = attempt(() => this.#devices.committer());
      if ('fault' in committer) untried = committer.fault;
      else committer.value.screen.test(committer.value.mode, framebuffer);
    });
    rung.owner.close();
    if (untried !== undefined) throw coded(untried);
  }

  async hostRefusals(): Promise<readonly HostRefusal[] | undefined> {
    if (!this.#watching) return undefined;
    await sleep(hostAnswersMs);
    return this.#refusals;
  }

  close(): void {
    this.#owner.close();
  }

  /** Bytes, of the GPU's own. */
  #renderRow(width: number): number {
    const { gbm } = this.#devices.render();
    const buffer = gbm.createBuffer({ width, height: narrowHeight, format: format.XRGB8888, usage: renderUsage });
    try {
      return buffer.stride();
    } finally {
      buffer.close();
    }
  }

  /** Bytes, of a dumb buffer of the display. */
  #displayRow(width: number): number {
    const { node } = this.#devices.display();
    const { handle, pitch } = createDumb(node.fd, { width, height: narrowHeight, bpp: 32 });
    destroyDumb(node.fd, handle);
    return pitch;
  }

  /** A dumb buffer of the display into the GPU, as the export path does it. Throws where it is refused. */
  #importRow(width: number): void {
    const owner = new Owner();
    const { gbm } = this.#devices.render();
    const { node } = this.#devices.display();
    try {
      const size = { width, height: narrowHeight };
      const { handle, pitch } = createDumb(node.fd, { ...size, bpp: 32 });
      owner.own(handle, (dumb) => destroyDumb(node.fd, dumb));
      const fd = owner.own(primeHandleToFd(node.fd, handle, { readWrite: true }), closeSync);
      owner.own(gbm.importDmabuf({ ...size, fd, format: format.XRGB8888, stride: pitch, usage: renderUsage }));
    } finally {
      owner.close();
    }
  }

  /** What was logged before has nothing to do with the trials. */
  #watchHost(): void {
    if (this.#watching || !canReadKernelLog()) return;
    this.#watching = true;
    const stop = watchHostRefusals(loadNative(), (refusal) => this.#refusals.push(refusal));
    this.#owner.own(stop, (close) => {
      close();
    });
  }
}

/** The step before this one has made it: steps are taken in their order, and none after one that failed. */
function needed<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('A step of the trial was left out');
  return thing;
}
