/** IMPORT for clients: the dma-bufs that they bring, imported into one display. */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { KmsNode } from '../device/index.js';
import { GuestheadError, isTransient } from '../errors.js';
import { format, INVALID, type DmabufFd, type GemHandle } from '../ffi/index.js';
import { Owner } from '../owner.js';
import { checkDescription } from './check-description.js';
import { checkLayout, type PictureLayout } from './check.js';
import { ImportedBuffer, type ClientBuffer } from './client-buffer.js';
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
  readonly format?: number | undefined;
  /** Bytes from one row to the next. */
  readonly strideBytes: number;
  /** Must be 0, the default: QEMU passes no other to its displays. */
  readonly offsetBytes?: number | undefined;
  /** DRM_FORMAT_MOD_LINEAR says that the memory is linear; any other is refused, as is DRM_FORMAT_MOD_INVALID, an unknown layout. */
  readonly modifier: bigint;
}

/** A client may offer the same unusable buffer every frame: so many refusals are remembered. */
const remembered = 256;

/** The calls that make a framebuffer of a GEM handle; replaced by the tests. */
export interface ClientBufferCalls {
  readonly framebuffer: typeof framebufferOwned;
  readonly exportDmabuf: (display: KmsNode, handle: GemHandle) => DmabufFd;
}

const kernelCalls: ClientBufferCalls = {
  framebuffer: framebufferOwned,
  exportDmabuf: ({ buffers }, handle) => buffers.primeHandleToFd(handle, { readWrite: false }),
};

/** The imports of one display: a dma-buf, whichever descriptor it comes by, is imported once. */
export class ClientBuffers {
  readonly #imported = new Map<string, ImportedBuffer>();
  readonly #all = new Set<ImportedBuffer>();
  readonly #refused = new Map<string, GuestheadError>();

  constructor(
    private readonly display: KmsNode,
    private readonly handles: GemHandles,
    private readonly calls: ClientBufferCalls = kernelCalls,
  ) {}

  /** Throws ERR_USAGE, ERR_UNSUPPORTED or ERR_IMPORT_REFUSED; for a buffer refused for good the same error each time. */
  import(description: DmabufDescription): ClientBuffer {
    checkDescription(description);
    const layout = layoutOf(description, look(sizeOf, description.fd));
    const identity = `${look(identityOf, description.fd)} ${shapeOf(layout)}`;
    const known = this.#imported.get(identity);
    if (known !== undefined) return known.open();
    const refusal = this.#refused.get(identity);
    if (refusal !== undefined) throw refusal;
    try {
      return this.#import(description.fd as DmabufFd, layout, identity).open();
    } catch (error) {
      if (error instanceof GuestheadError && !mayPass(error)) this.#remember(identity, error);
      throw error;
    }
  }

  /** The display goes, and all of them with it. */
  close(): void {
    for (const buffer of [...this.#all]) buffer.lose();
  }

  #import(fd: DmabufFd, layout: PictureLayout, identity: string): ImportedBuffer {
    checkLayout(layout);
    const owner = new Owner();
    return owner.guard(() => {
      const handle = importHandle(this.display, this.handles, fd, 'the client');
      try {
        const framebuffer = this.calls.framebuffer(owner, this.display, layout, handle);
        const own = owner.own(this.calls.exportDmabuf(this.display, handle), closeSync);
        const buffer = new ImportedBuffer(layout, framebuffer, own, owner, () => this.#imported.delete(identity));
        this.#imported.set(identity, buffer);
        this.#all.add(buffer);
        owner.defer(() => this.#all.delete(buffer));
        return buffer;
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
  const { width, height, strideBytes: stride, offsetBytes: offset = 0, modifier } = description;
  const given = description.format ?? format.XRGB8888;
  if (modifier === INVALID) throw layoutUnknown('DRM_FORMAT_MOD_INVALID');
  if (typeof modifier !== 'bigint') throw layoutUnknown('no modifier was given');
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

/** What is not known to be linear is not shown as if it were. */
function layoutUnknown(why: string): GuestheadError {
  return new GuestheadError('ERR_UNSUPPORTED', `The layout of the buffer is unknown (${why})`, {
    advice: 'have the client allocate linear memory, and give modifiers.LINEAR where it is known to be linear',
  });
}

function shapeOf({ width, height, format: shown, stride, offset, modifier }: PictureLayout): string {
  return [width, height, shown, stride, offset, modifier].join(' ');
}

/** Asks the kernel about a descriptor, which may be none. */
function look<T>(ask: (fd: number) => T, fd: number): T {
  try {
    return ask(fd);
  } catch (cause) {
    throw new GuestheadError('ERR_USAGE', `${String(fd)} is no open descriptor`, { cause });
  }
}

/** That this process or the system has no descriptor left says nothing about the buffer either. */
function mayPass(error: GuestheadError): boolean {
  return isTransient(error) || error.errno === constants.errno.EMFILE || error.errno === constants.errno.ENFILE;
}
