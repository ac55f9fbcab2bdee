/** A client's dma-buf as the kiosk has it. */
import { closeSync } from 'node:fs';
import type { DmabufDescription } from '../../buffer/index.js';
import type { PaintAddon } from '../../native-paint.js';
import { access, type Native, type NativeMapping } from '../../native.js';
import { formats } from '../../buffer/index.js';

export type DmabufAddon = PaintAddon & Pick<Native, 'mapDmabuf' | 'exportSyncFile' | 'syncFileInfo'>;

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

  /** What is drawn into it comes when its fence has signalled: one that is late is not waited for here. */
  paint(target: Uint32Array, numbers: Float64Array): boolean {
    const { mapping, addon } = this;
    if (mapping === undefined || this.#closed) return false;
    const { width, height, strideBytes, offsetBytes, format } = this.dmabuf;
    const bytes = new Uint8Array(mapping.buffer, offsetBytes);
    const isReady = this.isReady();
    if (isReady) mapping.beginAccess(access.read);
    try {
      addon.paint(target, numbers, bytes, width, height, strideBytes, format === formats.ARGB8888);
    } finally {
      if (isReady) mapping.endAccess(access.read);
    }
    return true;
  }

  /** Whether nobody draws into it any more. */
  isReady(): boolean {
    return isReadyToRead(this.dmabuf.fd, this.addon) ?? false;
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
  if (isReadyToRead(fd, addon) === undefined) return undefined;
  try {
    return addon.mapDmabuf(fd, offsetBytes + strideBytes * (height - 1) + width * bytesPerPixel, access.read);
  } catch {
    return undefined; // its driver, or its memory, has nothing to map
  }
}

/** Undefined for what is no dma-buf. */
function isReadyToRead(fd: number, addon: DmabufAddon): boolean | undefined {
  let fence: number;
  try {
    fence = addon.exportSyncFile(fd, access.read);
  } catch {
    return undefined;
  }
  try {
    return addon.syncFileInfo(fence).status !== 0;
  } finally {
    closeSync(fence);
  }
}
