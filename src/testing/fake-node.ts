/** An open node of the fake kernel: what the open file holds, and the calls on it. */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { BufferCalls, KmsCalls, KmsNode } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import type { BlobId, FramebufferId, GemHandle, Property } from '../ffi/index.js';
import type { FakeDisplay } from './fake-display.js';
import type { FakeMemories, FakeMemory } from './fake-memory.js';
import type { Framebuffer } from './fake-objects.js';
import { refusal, type FakeCall, type Faults } from './faults.js';

/** A GPU of the fake machine, until it is unplugged. */
export interface FakeGpu {
  readonly driver: string;
  /** What it shows with; undefined for a GPU without connectors. */
  readonly display: FakeDisplay | undefined;
  /** Unplugged or unbound: each call on it answers ENODEV, and what was opened has to be closed all the same. */
  gone: boolean;
}

/** What all open files share. */
export interface FakeShared {
  readonly faults: Faults;
  readonly memories: FakeMemories;
  readonly onClose: (node: FakeNode) => void;
  /** In place of the last close of a display that is gone. */
  readonly onPark: () => void;
}

const { EACCES, EBUSY, EINVAL, ENODEV, ENOENT, ENXIO } = constants.errno;

export class FakeNode implements KmsNode {
  readonly handles = new Map<GemHandle, FakeMemory>();
  readonly framebuffers = new Set<FramebufferId>();
  readonly blobs = new Set<BlobId>();
  readonly driver: string;
  readonly buffers: BufferCalls = this.#bufferCalls();
  readonly kms: KmsCalls = this.#kmsCalls();
  isAtomic = false;
  #fd: number | undefined;

  constructor(
    readonly path: string,
    readonly gpu: FakeGpu,
    private readonly shared: FakeShared,
  ) {
    this.driver = gpu.driver;
    this.#fd = shared.memories.files.create(0).open();
    gpu.display?.master.opened(this);
  }

  get fd(): number {
    if (this.#fd === undefined) throw new GuestheadError('ERR_CLOSED', 'The device is closed', { device: this.path });
    return this.#fd;
  }

  /** The kernel's answer to the loss protocol's question. */
  isGone(): boolean {
    return this.gpu.gone;
  }

  canExport(): boolean {
    return true;
  }

  canImport(): boolean {
    return true;
  }

  properties(object: number, kind: 'crtc' | 'connector' | 'plane'): ReadonlyMap<string, Property> {
    return this.#call('properties', (display) => display.properties(object, kind));
  }

  defineProperties(): void {
    this.#call('properties', () => undefined);
  }

  becomeAtomicMaster(): void {
    const errno = this.#enter('becomeAtomicMaster');
    if (errno === ENODEV) throw this.#refusal('drmSetMaster', errno);
    const { display } = this.gpu;
    if (display === undefined) throw new GuestheadError('ERR_UNSUPPORTED', 'The GPU has no display');
    this.isAtomic = true;
    if (errno === 0 && display.master.grant(this)) return;
    const details = { device: this.path, errno: errno === 0 ? EBUSY : errno };
    throw new GuestheadError('ERR_NOT_MASTER', 'Another process holds the display (DRM master)', details);
  }

  regainMaster(): boolean {
    const errno = this.#enter('becomeAtomicMaster');
    if (this.gpu.gone) return true; // libdrm takes whatever is not EACCES for a yes
    return errno === 0 && this.gpu.display?.master.grant(this) === true;
  }

  giveUpMaster(): void {
    this.gpu.display?.master.drop(this);
  }

  /** What the open file held goes with it. */
  close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
    this.gpu.display?.closed(this);
    this.handles.clear();
    this.framebuffers.clear();
    this.blobs.clear();
    this.shared.onClose(this);
  }

  /** What `parked` counts; the open file is another's from then on. */
  park(): void {
    if (this.#fd !== undefined) this.shared.onPark();
    this.close();
  }

  /** A new handle of the memory, or the one that this open file has already. */
  adopt(memory: FakeMemory): GemHandle {
    for (const [handle, known] of this.handles) if (known === memory) return handle;
    let handle = 1 as GemHandle;
    while (this.handles.has(handle)) handle = (handle + 1) as GemHandle;
    this.handles.set(handle, memory);
    return handle;
  }

  /** The errno of a call that begins: of a GPU that is gone, ENODEV. Throws ERR_CLOSED. */
  #enter(call: FakeCall): number {
    const errno = this.shared.faults.take(call);
    return this.fd >= 0 && this.gpu.gone ? ENODEV : errno;
  }

  #refusal(operation: string, errno: number): GuestheadError {
    return refusal(operation, errno, this.path);
  }

  /** The call on the display; throws the errno that was queued for it, or that the display answers with. */
  #call<T>(call: FakeCall, make: (display: FakeDisplay) => T): T {
    const errno = this.#enter(call);
    const { display } = this.gpu;
    if (errno !== 0 || display === undefined) throw this.#refusal(call, errno === 0 ? ENODEV : errno);
    return make(display);
  }

  #memory(call: FakeCall, handle: GemHandle): FakeMemory {
    const memory = this.handles.get(handle);
    if (memory === undefined) throw this.#refusal(call, ENOENT);
    return memory;
  }

  #check(call: FakeCall): void {
    const errno = this.#enter(call);
    if (errno !== 0) throw this.#refusal(call, errno);
  }

  #closeHandle(call: 'closeGemHandle' | 'destroyDumb', handle: GemHandle): void {
    this.#check(call);
    if (!this.handles.delete(handle)) throw this.#refusal(call, EINVAL);
  }

  #bufferCalls(): BufferCalls {
    return {
      primeHandleToFd: (handle) => {
        this.#check('primeHandleToFd');
        return this.#memory('primeHandleToFd', handle).open();
      },
      primeFdToHandle: (dmabuf) => {
        this.#check('primeFdToHandle');
        const memory = this.shared.memories.of(dmabuf);
        if (memory === undefined) throw this.#refusal('primeFdToHandle', EINVAL);
        return this.adopt(memory);
      },
      closeGemHandle: (handle) => this.#closeHandle('closeGemHandle', handle),
      createDumb: ({ width, height, bpp }) => {
        this.#check('createDumb');
        const pitch = width * Math.ceil(bpp / 8);
        const size = pitch * height;
        return { handle: this.adopt(this.shared.memories.create(size)), pitch, size };
      },
      destroyDumb: (handle) => this.#closeHandle('destroyDumb', handle),
      addFramebuffer: ({ width, height, format, planes }) => {
        const [plane] = planes;
        return this.#call('addFramebuffer', (display) => {
          const memory = plane === undefined ? undefined : this.handles.get(plane.handle);
          if (plane === undefined || memory === undefined) throw this.#refusal('addFramebuffer', EINVAL);
          const { pitch, offset } = plane;
          return this.#adoptFramebuffer(display, { width, height, format, pitch, offset, memory });
        });
      },
      closeFramebuffer: (id) =>
        this.#call('closeFramebuffer', (display) => {
          if (!this.framebuffers.delete(id)) throw this.#refusal('closeFramebuffer', ENOENT);
          display.framebuffers.delete(id);
        }),
    };
  }

  #adoptFramebuffer(display: FakeDisplay, framebuffer: Framebuffer): FramebufferId {
    const id = display.addFramebuffer(framebuffer);
    if (id === undefined) throw this.#refusal('addFramebuffer', EINVAL);
    this.framebuffers.add(id);
    return id;
  }

  #kmsCalls(): KmsCalls {
    const found = <T>(call: FakeCall, value: T | undefined): T => {
      if (value === undefined) throw this.#refusal(call, ENOENT);
      return value;
    };
    return {
      getResources: () => this.#call('getResources', (display) => display.resources()),
      getConnector: (id) => this.#call('getConnector', (display) => found('getConnector', display.connector(id))),
      connectorModel: (id) => this.#call('connectorModel', (display) => display.model(id)),
      getEncoder: (id) => this.#call('getEncoder', (display) => found('getEncoder', display.encoder(id))),
      getPlanes: () => this.#call('getPlanes', (display) => (this.isAtomic ? display.planes() : [])),
      getPlane: (id) => this.#call('getPlane', (display) => found('getPlane', display.plane(id))),
      createBlob: (data) =>
        this.#call('createBlob', (display) => {
          const id = display.createBlob(data);
          this.blobs.add(id);
          return id;
        }),
      destroyBlob: (id) =>
        this.#call('destroyBlob', (display) => {
          if (!this.blobs.delete(id)) throw this.#refusal('destroyBlob', ENOENT);
          display.releaseBlob(id);
        }),
      getBlob: (id) => this.#call('getBlob', (display) => found('getBlob', display.blob(id))),
      setCursor: (crtc, shape) =>
        this.#cursorCall('setCursor', (display) => {
          const memory = shape === undefined ? undefined : this.#memory('setCursor', shape.handle);
          display.setCursor(crtc, shape, memory);
        }),
      moveCursor: (crtc, x, y) => this.#cursorCall('moveCursor', (display) => display.moveCursor(crtc, x, y)),
    };
  }

  /** ENXIO, queued, is the kernel's word for a CRTC without a cursor. */
  #cursorCall(call: 'setCursor' | 'moveCursor', make: (display: FakeDisplay) => void): void {
    const errno = this.#enter(call);
    if (errno === ENXIO)
      throw new GuestheadError('ERR_UNSUPPORTED', 'There is no cursor', { device: this.path, errno });
    if (errno !== 0) throw this.#refusal(call, errno);
    const { display } = this.gpu;
    if (display?.master.isHeldBy(this) !== true) throw this.#refusal(call, EACCES);
    make(display);
  }
}
