/** A buffer that the caller brought as a dma-buf: scanned out like a backbuffer, never drawn into by us. */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { DrmNode } from '../device/index.js';
import { GuestheadError, isTransient } from '../errors.js';
import { format, INVALID, primeHandleToFd, type DmabufFd, type FramebufferId } from '../ffi/index.js';
import { Owner } from '../owner.js';
import { checkLayout, type PictureLayout } from './check.js';
import { identityOf, sizeOf } from './dmabuf.js';
import type { GemHandles } from './gem-handles.js';
import { framebufferOwned, importHandle } from './path.js';

/** Pixels and bytes as the exporter tells them. */
export interface DmabufDescription {
  /** Stays the caller's, who may close it once the import is done. */
  readonly fd: number;
  readonly width: number;
  readonly height: number;
  /** A four-character code, XRGB8888 unless given; ARGB8888 is shown as if opaque. */
  readonly format?: number;
  readonly stride: number;
  /** Must be 0, the default: QEMU passes no other to its displays. */
  readonly offset?: number;
  /** Linear, or unknown, the default. */
  readonly modifier?: bigint;
}

/** Made by `ClientBuffers.import`, once for each dma-buf; each import of it is ended by one `close()`. */
export class ClientBuffer {
  #uses = 0;
  #imports = 1;
  #closed = false;
  #onReleased: (() => void) | undefined;

  constructor(
    readonly layout: PictureLayout,
    readonly framebuffer: FramebufferId,
    /** The same dma-buf as the caller's, whose fences say when the host is done. */
    readonly dmabufFd: DmabufFd,
    private readonly owner: Owner,
    private readonly forget: () => void,
  ) {}

  /** Closed by its last owner, or lost with the display; it may be on the screen still. */
  get closed(): boolean {
    return this.#closed;
  }

  /** On the screen, on its way to it, or still read by the host: the exporter must not write. */
  get locked(): boolean {
    return this.#uses > 0;
  }

  /** Called each time the host has let go of the buffer. */
  set onReleased(callback: (() => void) | undefined) {
    this.#onReleased = callback;
  }

  /** What is on the screen stays there; memory and framebuffer go once the host has let go. Each import has one. */
  close(): void {
    if (this.#closed || --this.#imports > 0) return;
    this.#closed = true;
    this.forget();
    if (this.#uses === 0) this.owner.close();
  }

  /** For the head: one more chain shows it. */
  hold(): void {
    this.#uses++;
  }

  /** For the head: the chain has let go. */
  release(): void {
    this.#uses--;
    if (this.#uses > 0) return;
    if (this.#closed) this.owner.close();
    this.#onReleased?.();
  }

  /** The same dma-buf was imported again. */
  share(): this {
    this.#imports++;
    return this;
  }

  /** Whatever its owners think: the display goes. */
  lose(): void {
    this.#imports = 1;
    this.close();
  }
}

/** A caller may offer the same unusable buffer every frame: so many refusals are remembered. */
const remembered = 256;

/** The calls that make a framebuffer of a GEM handle; replaced by the tests. */
export interface ClientBufferCalls {
  readonly framebuffer: typeof framebufferOwned;
  readonly exportDmabuf: typeof primeHandleToFd;
}

const kernelCalls: ClientBufferCalls = { framebuffer: framebufferOwned, exportDmabuf: primeHandleToFd };

/** The imports of one display: a dma-buf, whichever descriptor it comes by, is imported once. */
export class ClientBuffers {
  readonly #imported = new Map<string, ClientBuffer>();
  readonly #refused = new Map<string, GuestheadError>();

  constructor(
    private readonly display: DrmNode,
    private readonly handles: GemHandles,
    private readonly calls: ClientBufferCalls = kernelCalls,
  ) {}

  /** Throws ERR_USAGE, ERR_UNSUPPORTED or ERR_IMPORT_REFUSED; for a buffer refused for good the same error each time. */
  import(description: DmabufDescription): ClientBuffer {
    const layout = layoutOf(description, look(sizeOf, description.fd));
    const identity = `${look(identityOf, description.fd)} ${shapeOf(layout)}`;
    const known = this.#imported.get(identity);
    if (known !== undefined) return known.share();
    const refusal = this.#refused.get(identity);
    if (refusal !== undefined) throw refusal;
    try {
      const buffer = this.#import(description.fd as DmabufFd, layout, () => this.#imported.delete(identity));
      this.#imported.set(identity, buffer);
      return buffer;
    } catch (error) {
      if (error instanceof GuestheadError && !mayPass(error)) this.#remember(identity, error);
      throw error;
    }
  }

  close(): void {
    for (const buffer of [...this.#imported.values()]) buffer.lose();
  }

  #import(fd: DmabufFd, layout: PictureLayout, forget: () => void): ClientBuffer {
    checkLayout(layout);
    const owner = new Owner();
    return owner.guard(() => {
      const handle = importHandle(this.display, this.handles, fd, 'the caller');
      try {
        const framebuffer = this.calls.framebuffer(owner, this.display, layout, handle);
        const own = owner.own(this.calls.exportDmabuf(this.display.fd, handle, { readWrite: false }), closeSync);
        return new ClientBuffer(layout, framebuffer, own, owner, forget);
      } finally {
        this.handles.release(handle);
      }
    });
  }

  #remember(identity: string, error: GuestheadError): void {
    this.#refused.set(identity, error);
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > remembered && oldest !== undefined) this.#refused.delete(oldest);
  }
}

/** The primary plane takes XRGB8888 only; the alpha of ARGB8888 is the byte that it ignores. */
function layoutOf(description: DmabufDescription, size: number): PictureLayout {
  const { width, height, stride, offset = 0, modifier = INVALID } = description;
  const given = description.format ?? format.XRGB8888;
  return {
    width,
    height,
    format: given === format.ARGB8888 ? format.XRGB8888 : given,
    stride,
    offset,
    modifier,
    size,
  };
}

function shapeOf({ width, height, format: shown, stride, offset, modifier }: PictureLayout): string {
  return [width, height, shown, stride, offset, modifier].join(' ');
}

/** Asks the kernel about a descriptor, which may be none. */
function look<T>(ask: (fd: number) => T, fd: number): T {
  try {
    return ask(fd);
  } catch (cause) {
    throw new GuestheadError('ERR_USAGE', `${fd} is no open descriptor`, { cause });
  }
}

/** That this process or the system has no descriptor left says nothing about the buffer either. */
function mayPass(error: GuestheadError): boolean {
  return isTransient(error) || error.errno === constants.errno.EMFILE || error.errno === constants.errno.ENFILE;
}
