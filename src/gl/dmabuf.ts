/** A dma-buf as EGL imports it. */
import { formats, modifiers } from '../buffer/index.js';

/** Of YUV; what is not said, the driver guesses. Source: eglext.h. */
const colourSpaces = { 'BT.601': 0x327f, 'BT.709': 0x3280, 'BT.2020': 0x3281 } as const;
const ranges = { full: 0x3282, narrow: 0x3283 } as const;

export interface GlPlane {
  /** Borrowed for the call. */
  readonly fd: number;
  /** Bytes from the dma-buf's start. */
  readonly offset: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
}

export interface GlDmabuf {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Default XRGB8888. */
  readonly format?: number | undefined;
  /** The layout; without it the driver guesses. */
  readonly modifier?: bigint | undefined;
  /** One to four. */
  readonly planes: readonly GlPlane[];
  readonly colourSpace?: keyof typeof colourSpaces | undefined;
  readonly range?: keyof typeof ranges | undefined;
}

/** As the addon takes it. */
export interface DescribedDmabuf {
  readonly width: number;
  readonly height: number;
  readonly format: number;
  readonly modifier: bigint;
  readonly fds: Uint32Array;
  readonly offsets: Uint32Array;
  readonly strides: Uint32Array;
  readonly colourSpace: number;
  readonly range: number;
}

export function describeDmabuf({ width, height, planes, ...more }: GlDmabuf): DescribedDmabuf {
  const { format = formats.XRGB8888, modifier = modifiers.invalid, colourSpace, range } = more;
  return {
    ...{ width, height, format, modifier },
    fds: Uint32Array.from(planes, ({ fd }) => fd),
    offsets: Uint32Array.from(planes, ({ offset }) => offset),
    strides: Uint32Array.from(planes, ({ stride }) => stride),
    colourSpace: colourSpace === undefined ? 0 : colourSpaces[colourSpace],
    range: range === undefined ? 0 : ranges[range],
  };
}
