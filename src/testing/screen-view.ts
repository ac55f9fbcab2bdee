/** What a test sees of one head of the fake display. */
import type { FakeScreen } from './fake-objects.js';

export interface ShownPicture {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Bytes from one row to the next. */
  readonly strideBytes: number;
  /** XRGB8888; undefined for the console's, which was there before any program. */
  readonly pixels: Uint32Array | undefined;
}

export class FakeScreenView {
  /** Use `FakeKernel.screen`. @internal */
  constructor(private readonly screen: FakeScreen) {}

  /** What people see, or undefined where the head is off. */
  get picture(): ShownPicture | undefined {
    const { visible } = this.screen;
    if (visible === undefined) return undefined;
    const { width, height, pitch, memory } = visible.framebuffer;
    return {
      width,
      height,
      strideBytes: pitch,
      pixels: memory === undefined ? undefined : new Uint32Array(memory.pixels),
    };
  }

  /** What the CRTC is set to, or undefined where it is off. */
  get mode(): { readonly width: number; readonly height: number } | undefined {
    const raw = this.screen.visible?.mode;
    return raw === undefined ? undefined : { width: raw.readUInt16LE(4), height: raw.readUInt16LE(14) };
  }

  /** The hardware cursor: where its upper left corner is, and its pixels, or undefined where it is hidden. */
  get cursor(): { readonly x: number; readonly y: number; readonly pixels: Uint32Array | undefined } {
    const { x, y, memory } = this.screen.cursor;
    return { x, y, pixels: memory === undefined ? undefined : new Uint32Array(memory.pixels) };
  }
}
