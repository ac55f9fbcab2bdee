/** A client's dma-buf as the kiosk has it. */
import { closeSync } from 'node:fs';
import { Fence, formats, type DmabufDescription, type FenceCalls } from '../../buffer/index.js';
import type { PaintAddon } from '../../native/paint.js';
import { access, type Native, type NativeMapping } from '../../native/index.js';

export type DmabufAddon = PaintAddon & FenceCalls & Pick<Native, 'mapDmabuf' | 'exportSyncFile'>;

/** Rows as native/paint takes them. */
const mostStrideBytes = 8 * 16384;
const bytesPerPixel = 4;

/** Owns the dma-buf's descriptor, and its mapping where it can be mapped. */
export class DmabufMemory {
  #closed = false;

  private constructor(
    readonly dmabuf: DmabufDescription,
    private readonly mapping: NativeMapping | undefined,
    private readonly addon: DmabufAddon,
  ) {}

  /**
   * Takes the descriptor over. Undefined for what is no dma-buf, or one that the CPU cannot read and that `canImport` does not take
   * either: the descriptor stays the caller's then.
   */
  static open(
    dmabuf: DmabufDescription,
    addon: DmabufAddon,
    canImport: (dmabuf: DmabufDescription) => boolean,
  ): DmabufMemory | undefined {
    const mapping = mappingOf(dmabuf, addon);
    if (mapping === undefined && !canImport(dmabuf)) return undefined;
    return new DmabufMemory(dmabuf, mapping, addon);
  }

  /** Whoever still draws into it is not waited for: see `whenDrawn`. */
  paint(target: Uint32Array, numbers: Float64Array): boolean {
    const { mapping, addon } = this;
    if (mapping === undefined || this.#closed) return false;
    const { width, height, strideBytes, offsetBytes, format } = this.dmabuf;
    const bytes = new Uint8Array(mapping.buffer, offsetBytes);
    const isDrawn = this.#isDrawn();
    if (isDrawn) mapping.beginAccess(access.read); // which waits otherwise, and all clients with it
    try {
      addon.paint(target, numbers, bytes, width, height, strideBytes, format === formats.ARGB8888);
    } finally {
      if (isDrawn) mapping.endAccess(access.read);
    }
    return true;
  }

  /** As `Content.whenDrawn`. */
  whenDrawn(tell: () => void): (() => void) | undefined {
    const fence = this.#closed ? undefined : fenceOf(this.dmabuf.fd, this.addon);
    if (fence === undefined || fence.isSignalled) {
      fence?.close();
      return undefined;
    }
    let waits = true;
    const end = () => {
      waits = false;
      fence.close();
    };
    const told = () => {
      if (!waits) return;
      end();
      tell();
    };
    fence.signalled.then(told, told); // one that cannot be polled is not waited for
    return end;
  }

  #isDrawn(): boolean {
    const fence = fenceOf(this.dmabuf.fd, this.addon);
    try {
      return fence?.isSignalled ?? false;
    } finally {
      fence?.close();
    }
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.mapping?.close();
    closeSync(this.dmabuf.fd);
  }
}

/** A file that is no dma-buf could be cut short under a mapping: only what answers as one is mapped. */
function mappingOf({ fd, ...dmabuf }: DmabufDescription, addon: DmabufAddon): NativeMapping | undefined {
  const { width, height, strideBytes, offsetBytes = 0 } = dmabuf;
  const isAligned = strideBytes % bytesPerPixel === 0 && offsetBytes % bytesPerPixel === 0;
  if (!isAligned || strideBytes > mostStrideBytes) return undefined;
  const fence = fenceOf(fd, addon);
  if (fence === undefined) return undefined;
  fence.close();
  try {
    return addon.mapDmabuf(fd, offsetBytes + strideBytes * (height - 1) + width * bytesPerPixel, access.read);
  } catch {
    return undefined; // its driver, or its memory, has nothing to map
  }
}

/** Signals when all that draw into it have ended. Undefined for what is no dma-buf. */
function fenceOf(fd: number, addon: DmabufAddon): Fence | undefined {
  try {
    return Fence.made(addon.exportSyncFile(fd, access.read), addon);
  } catch {
    return undefined;
  }
}
