/** One head as its listener knows it: what it shows, and what of it was told. */
import { messageOf } from '../../errors.js';
import type { Capture } from '../../render/index.js';
import { rgbOf, type PictureMemory, type Shown } from '../../sinks/index.js';
import type { Surface, Transport } from './surface.js';

/** The pointer as the guest has set it; its picture is no part of what the head shows. */
export interface Cursor {
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
}

export class Screen implements Shown {
  /** Pictures, whole ones and parts of them, that QEMU has told of. */
  updates = 0;
  /** How often the size was another than before. */
  resizes = 0;
  /** How often the guest turned the head off. */
  disabled = 0;
  /** Messages that could not be as they were; the first one's fault. */
  refused = 0;
  fault: string | undefined;
  cursor: Cursor | undefined;
  /** Each way in which pictures came. */
  readonly transports = new Set<Transport>();
  #surface: Surface | undefined;
  #size = '';

  /** QEMU waits for the answer to a dma-buf, and sends copies without. */
  get waits(): boolean {
    return this.#surface?.transport === 'dma-buf';
  }

  /** Undefined while the head is off, or nothing was told yet. */
  get surface(): Surface | undefined {
    return this.#surface;
  }

  /** Owns `surface` from now on, and closes the one before. */
  show(surface: Surface | undefined): void {
    const before = this.#surface;
    this.#surface = surface;
    before?.close();
    if (surface === undefined) return;
    this.transports.add(surface.transport);
    this.measure();
  }

  /** After a change that may be one of the size. */
  measure(): void {
    const layout = this.#surface?.layout;
    const size = layout === undefined ? this.#size : `${layout.width}x${layout.height}`;
    if (this.#size !== '' && size !== this.#size) this.resizes++;
    this.#size = size;
  }

  refuse(error: unknown): string {
    this.refused++;
    this.fault ??= messageOf(error);
    return messageOf(error);
  }

  /** Undefined while the head is off. Throws ERR_SYSTEM, ERR_QEMU where its memory cannot be read. */
  read<T>(use: (picture: PictureMemory) => T): T | undefined {
    return this.#surface?.read(use);
  }

  /** A copy of what is shown now. Throws as `read` does. */
  capture(): Capture | undefined {
    return this.read((picture) => ({ width: picture.width, height: picture.height, rgb: rgbOf(picture) }));
  }

  close(): void {
    this.show(undefined);
  }
}
