/** The display engine of the fake machine: virtio-gpu's objects, their state, and what a commit makes of it. */
import { constants } from 'node:os';
import {
  format,
  type BlobId,
  type Connector,
  type ConnectorId,
  type CrtcId,
  type CursorShape,
  type DisplayModel,
  type Encoder,
  type EncoderId,
  type FramebufferId,
  type Plane,
  type PlaneId,
  type Property,
  type Resources,
} from '../ffi/index.js';
import { commitFlag } from '../native/index.js';
import { FakeBlobs } from './fake-blobs.js';
import { FakeMaster } from './fake-master.js';
import type { FakeMemory } from './fake-memory.js';
import { modeOf } from './fake-mode.js';
import type { FakeConnectorOptions, FakeScreen, Framebuffer } from './fake-objects.js';
import { FakeProperties, type ObjectKind, type Snapshot } from './fake-properties.js';

export type Assignment = readonly [object: number, property: number, value: bigint];

const { EACCES, EBUSY, EINVAL, ENOENT, ENOSPC, ERANGE } = constants.errno;
const [minSide, maxSide] = [32, 16384];

export class FakeDisplay {
  readonly screens: readonly FakeScreen[];
  readonly framebuffers = new Map<FramebufferId, Framebuffer>();
  readonly master = new FakeMaster();
  readonly #blobs = new FakeBlobs();
  readonly #state: FakeProperties;
  #nextId: number;

  /** `firstId`: a device that is bound again has other ids. */
  constructor(
    connectors: readonly FakeConnectorOptions[],
    firstId: number,
    private readonly shared = false,
  ) {
    this.#nextId = firstId;
    this.screens = connectors.map((options, index) => this.#screen(options, index));
    this.#state = new FakeProperties(this.screens, () => this.#id());
    const [first] = this.screens;
    if (first !== undefined && first.modes.length > 0) this.#showConsole(first);
  }

  resources(): Resources {
    return {
      crtcs: this.screens.map(({ crtc }) => crtc),
      connectors: this.screens.map(({ connector }) => connector),
      encoders: this.screens.map(({ encoder }) => encoder),
      minWidth: minSide,
      maxWidth: maxSide,
      minHeight: minSide,
      maxHeight: maxSide,
    };
  }

  connector(id: ConnectorId): Connector | undefined {
    const screen = this.screens.find(({ connector }) => connector === id);
    if (screen === undefined) return undefined;
    const { name, encoder, modes, connected, status } = screen;
    const isOn = this.#state.read(id, 'CRTC_ID') !== 0n;
    return {
      id,
      name,
      status: status ?? (connected || modes.length > 0 ? 'connected' : 'disconnected'),
      encoder: isOn ? encoder : undefined,
      encoders: [encoder],
      widthMm: 300,
      heightMm: 200,
      modes: modes.map((mode, index) => modeOf(mode, index === 0)),
    };
  }

  model(id: ConnectorId): DisplayModel | undefined {
    return this.screens.find(({ connector }) => connector === id)?.model;
  }

  encoder(id: EncoderId): Encoder | undefined {
    const index = this.screens.findIndex(({ encoder }) => encoder === id);
    const screen = this.screens[index];
    if (screen === undefined) return undefined;
    const isOn = this.#state.read(screen.connector, 'CRTC_ID') !== 0n;
    return { id, type: 5, crtc: isOn ? screen.crtc : undefined, possibleCrtcs: this.#reach(index) };
  }

  planes(): PlaneId[] {
    return this.screens.map(({ plane }) => plane);
  }

  plane(id: PlaneId): Plane | undefined {
    const index = this.screens.findIndex(({ plane }) => plane === id);
    if (index < 0) return undefined;
    const framebuffer = Number(this.#state.read(id, 'FB_ID')) as FramebufferId;
    const crtc = Number(this.#state.read(id, 'CRTC_ID')) as CrtcId;
    return {
      id,
      formats: [format.XRGB8888],
      crtc: crtc === 0 ? undefined : crtc,
      framebuffer: framebuffer === 0 ? undefined : framebuffer,
      possibleCrtcs: this.#reach(index),
    };
  }

  /** virtio-gpu's scanouts have one of each; elsewhere every CRTC can have any. */
  #reach(index: number): number {
    return this.shared ? (1 << this.screens.length) - 1 : 1 << index;
  }

  properties(object: number, kind: ObjectKind): ReadonlyMap<string, Property> {
    return this.#state.describe(object, kind);
  }

  /** Undefined where the kernel says EINVAL. As virtio-gpu does, it takes memory that holds less. */
  addFramebuffer(framebuffer: Framebuffer): FramebufferId | undefined {
    const { width, height, pitch } = framebuffer;
    const fits = (side: number) => side >= minSide && side <= maxSide;
    if (framebuffer.format !== format.XRGB8888 && framebuffer.format !== format.ARGB8888) return undefined;
    if (!fits(width) || !fits(height) || pitch < width * 4) return undefined;
    const id = this.#id() as FramebufferId;
    this.framebuffers.set(id, framebuffer);
    return id;
  }

  createBlob(data: Uint8Array): BlobId {
    const id = this.#id() as BlobId;
    this.#blobs.add(id, data);
    return id;
  }

  /** The state that uses it keeps it. */
  releaseBlob(id: BlobId): void {
    this.#blobs.release(id);
    this.#dropBlobs();
  }

  blob(id: BlobId): Buffer | undefined {
    return this.#blobs.get(id);
  }

  setCursor(crtc: CrtcId, shape: CursorShape | undefined, memory: FakeMemory | undefined): void {
    const screen = this.screens.find((one) => one.crtc === crtc);
    if (screen !== undefined) Object.assign(screen.cursor, { shape, memory });
  }

  moveCursor(crtc: CrtcId, x: number, y: number): void {
    const screen = this.screens.find((one) => one.crtc === crtc);
    if (screen !== undefined) Object.assign(screen.cursor, { x, y });
  }

  /** The blobs and framebuffers of an open file go with it; what is shown of them stays on the screen. */
  closed(file: { readonly framebuffers: ReadonlySet<FramebufferId>; readonly blobs: ReadonlySet<BlobId> }): void {
    for (const id of file.framebuffers) this.framebuffers.delete(id);
    for (const id of file.blobs) this.releaseBlob(id);
    this.master.drop(file);
  }

  /** The commit under way has been flipped to. */
  flipped(screen: FakeScreen): void {
    screen.busy = false;
    const { crtc, plane } = screen;
    const [framebuffer, mode] = [this.#state.framebuffer(plane), this.blob(this.#modeId(crtc))];
    const isOn = this.#state.read(crtc, 'ACTIVE') !== 0n && framebuffer !== undefined && mode !== undefined;
    screen.visible = isOn ? { framebuffer, mode } : undefined;
  }

  /** Makes the commit, or only tests it, by its flags: 0, or the kernel's errno, and then nothing has changed. */
  commit(file: object, assignments: readonly Assignment[], flags: number): number {
    if (!this.master.isHeldBy(file)) return EACCES;
    const before = this.#state.snapshot();
    const errno = this.#assign(assignments) || this.#check(before, assignments, flags);
    if (errno !== 0 || (flags & commitFlag.testOnly) !== 0) {
      this.#state.restore(before);
      return errno;
    }
    for (const screen of this.#touched(assignments)) {
      screen.busy = (flags & commitFlag.nonblock) !== 0 && (flags & commitFlag.pageFlipEvent) !== 0;
      if (!screen.busy) this.flipped(screen);
    }
    this.#dropBlobs();
    return 0;
  }

  #assign(assignments: readonly Assignment[]): number {
    for (const [object, property, value] of assignments) {
      const name = this.#state.nameOf(object, property);
      if (name === undefined) return ENOENT;
      if (name === 'MODE_ID' && value !== 0n && !this.#blobs.has(Number(value) as BlobId)) return EINVAL;
      const framebuffer = this.framebuffers.get(Number(value) as FramebufferId);
      if (name === 'FB_ID' && value !== 0n && framebuffer === undefined) return EINVAL;
      if (name === 'FB_ID') this.#state.setFramebuffer(object as PlaneId, framebuffer);
      this.#state.write(object, name, value);
    }
    return 0;
  }

  #check(before: Snapshot, assignments: readonly Assignment[], flags: number): number {
    for (const screen of this.#touched(assignments)) {
      const { crtc, plane, connector } = screen;
      const isOn = this.#state.read(crtc, 'ACTIVE') !== 0n;
      const shows = this.#state.read(plane, 'FB_ID') !== 0n;
      if (isOn && (this.#modeId(crtc) === 0 || this.#state.read(connector, 'CRTC_ID') !== BigInt(crtc))) return EINVAL;
      if (shows !== (this.#state.read(plane, 'CRTC_ID') !== 0n)) return EINVAL;
      if (!isOn && (flags & commitFlag.pageFlipEvent) !== 0) return EINVAL;
      if (shows && !this.#fits(screen)) return ENOSPC;
      if (isOn && shows && this.#isScaled(screen)) return ERANGE;
      if (isOn && shows && !this.#covers(screen)) return EINVAL;
      if ((flags & commitFlag.allowModeset) === 0 && this.#changesMode(before, screen)) return EINVAL;
      const isTest = (flags & commitFlag.testOnly) !== 0;
      if (screen.busy && !isTest && (flags & commitFlag.nonblock) !== 0) return EBUSY;
    }
    return 0;
  }

  #isScaled({ plane }: FakeScreen): boolean {
    const read = (name: string) => this.#state.read(plane, name);
    return read('SRC_W') >> 16n !== read('CRTC_W') || read('SRC_H') >> 16n !== read('CRTC_H');
  }

  #fits({ plane }: FakeScreen): boolean {
    const framebuffer = this.#state.framebuffer(plane);
    if (framebuffer === undefined) return false;
    const side = (name: 'SRC_W' | 'SRC_H') => Number(this.#state.read(plane, name) >> 16n);
    return side('SRC_W') <= framebuffer.width && side('SRC_H') <= framebuffer.height;
  }

  /** A primary plane covers its CRTC. */
  #covers({ crtc, plane }: FakeScreen): boolean {
    const mode = this.blob(this.#modeId(crtc));
    const rectangle = ['CRTC_X', 'CRTC_Y', 'CRTC_W', 'CRTC_H'].map((name) => Number(this.#state.read(plane, name)));
    const whole = [0, 0, mode?.readUInt16LE(4), mode?.readUInt16LE(14)];
    return rectangle.every((value, index) => value === whole[index]);
  }

  #changesMode(before: Snapshot, { crtc, connector }: FakeScreen): boolean {
    const changed = (object: number, name: string) =>
      (before.values.get(object)?.get(name) ?? 0n) !== this.#state.read(object, name);
    return changed(crtc, 'ACTIVE') || changed(crtc, 'MODE_ID') || changed(connector, 'CRTC_ID');
  }

  #touched(assignments: readonly Assignment[]): readonly FakeScreen[] {
    const objects = new Set(assignments.map(([object]) => object));
    return this.screens.filter(({ connector, crtc, plane }) => [connector, crtc, plane].some((id) => objects.has(id)));
  }

  #modeId(crtc: CrtcId): BlobId {
    return Number(this.#state.read(crtc, 'MODE_ID')) as BlobId;
  }

  #dropBlobs(): void {
    this.#blobs.prune(new Set(this.screens.map(({ crtc }) => this.#modeId(crtc))));
  }

  #showConsole(screen: FakeScreen): void {
    const { width, height } = screen.modes[0] ?? { width: 0, height: 0 };
    const shape = { width, height, format: format.XRGB8888, pitch: width * 4, offset: 0 };
    const framebuffer = this.addFramebuffer({ ...shape, memory: undefined }) ?? 0;
    const mode = this.createBlob(modeOf({ width, height, ...screen.modes[0] }, true).raw);
    this.#blobs.release(mode); // the kernel's own: no open file has to end it
    const { connector, crtc, plane } = screen;
    this.#state.write(connector, 'CRTC_ID', BigInt(crtc));
    this.#state.write(crtc, 'MODE_ID', BigInt(mode));
    this.#state.write(crtc, 'ACTIVE', 1n);
    const whole = { SRC_W: width << 16, SRC_H: height << 16, CRTC_W: width, CRTC_H: height };
    const values = { FB_ID: framebuffer, CRTC_ID: crtc, ...whole };
    for (const [name, value] of Object.entries(values)) this.#state.write(plane, name, BigInt(value));
    this.#state.setFramebuffer(plane, this.framebuffers.get(framebuffer as FramebufferId));
    this.flipped(screen);
  }

  #screen({ modes = [], connected = false, status, model }: FakeConnectorOptions, index: number): FakeScreen {
    const cursor = { memory: undefined, shape: undefined, x: 0, y: 0 };
    return {
      name: `Virtual-${index + 1}`,
      connector: this.#id() as ConnectorId,
      encoder: this.#id() as EncoderId,
      crtc: this.#id() as CrtcId,
      plane: this.#id() as PlaneId,
      modes,
      connected,
      status,
      model,
      busy: false,
      visible: undefined,
      cursor,
    };
  }

  #id(): number {
    return this.#nextId++;
  }
}
