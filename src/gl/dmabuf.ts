/** A dma-buf as EGL imports it. */
import { assertGiven, isDescriptor, isObject } from '../arguments.js';
import { formats, modifiers } from '../buffer/index.js';
import { isList } from './numbers.js';

/** Of YUV; what is not said, the driver guesses. Source: eglext.h. */
const colourSpaces = { 'BT.601': 0x327f, 'BT.709': 0x3280, 'BT.2020': 0x3281 } as const;
const ranges = { full: 0x3282, narrow: 0x3283 } as const;

export interface GlPlane {
  /** Borrowed for the call. */
  readonly fd: number;
  /** Bytes from the dma-buf's start. */
  readonly offsetBytes: number;
  /** Bytes from one row to the next. */
  readonly strideBytes: number;
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

/** Throws ERR_USAGE for planes, a colour space or a range that are none; the addon looks at the other numbers. */
export function describeDmabuf({ width, height, planes, ...more }: GlDmabuf): DescribedDmabuf {
  assertGiven(isList(planes), planes, 'list of planes');
  planes.forEach(checkPlane);
  const { format = formats.XRGB8888, modifier = modifiers.INVALID, colourSpace, range } = more;
  return {
    ...{ width, height, format, modifier },
    fds: Uint32Array.from(planes, ({ fd }) => fd),
    offsets: Uint32Array.from(planes, ({ offsetBytes }) => offsetBytes),
    strides: Uint32Array.from(planes, ({ strideBytes }) => strideBytes),
    colourSpace: numberOf(colourSpaces, colourSpace, 'colour space'),
    range: numberOf(ranges, range, 'range'),
  };
}

/** What is no number would become descriptor 0, or offset 0. */
function checkPlane(plane: unknown): void {
  assertGiven(isObject(plane), plane, 'plane of a dma-buf', 'give fd, offsetBytes and strideBytes');
  assertGiven(isDescriptor(plane['fd']), plane['fd'], 'descriptor');
  for (const name of ['offsetBytes', 'strideBytes'])
    assertGiven(isUint32(plane[name]), plane[name], `${name} of a plane`);
}

function isUint32(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32;
}

/** 0 = not said. */
function numberOf(known: Readonly<Record<string, number>>, name: string | undefined, what: string): number {
  if (name === undefined) return 0;
  const number = Object.hasOwn(known, name) ? known[name] : undefined;
  assertGiven(number !== undefined, name, what, `give one of ${Object.keys(known).join(', ')}`);
  return number;
}
