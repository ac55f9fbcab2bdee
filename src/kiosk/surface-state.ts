/** What a client has set of a surface and not committed yet, and what it has committed. */
import type { Rectangle } from '../buffer/index.js';
import {
  boxThrough,
  identity,
  inverse,
  inTurn,
  isIdentity,
  isSideways,
  moving,
  scaling,
  turning,
  type Affine,
} from './affine.js';
import type { BufferSync, Content } from './content.js';
import type { Region } from './region.js';

/** Set to nothing is another thing than not set. */
export interface Given<T> {
  readonly value: T | undefined;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is attached, and in explicit sync how its client and the kiosk hand it to each other. */
interface Attached extends Given<Content> {
  readonly sync?: BufferSync | undefined;
}

/** Each is undefined where the client has not said anything since the last commit. */
export interface StateChange {
  readonly content?: Attached;
  readonly scale?: number;
  readonly transform?: number;
  readonly opaque?: Given<Region>;
  /** A region of undefined: all of it. */
  readonly input?: Given<Region>;
  /** wp_viewport: the part of the buffer that is shown, in the surface's pixels before they are scaled. */
  readonly source?: Given<Rectangle>;
  /** wp_viewport: the size of the surface. */
  readonly destination?: Given<Size>;
}

export interface SurfaceState {
  readonly content: Content | undefined;
  readonly scale: number;
  /** 0–7, as wl_output.transform. */
  readonly transform: number;
  readonly opaque: Region | undefined;
  readonly input: Region | undefined;
  readonly source: Rectangle | undefined;
  readonly destination: Size | undefined;
}

export const initialState: SurfaceState = {
  content: undefined,
  scale: 1,
  transform: 0,
  opaque: undefined,
  input: undefined,
  source: undefined,
  destination: undefined,
};

/** What is left as it was is taken over. */
export function applied(state: SurfaceState, change: StateChange): SurfaceState {
  return {
    content: givenOr(change.content, state.content),
    scale: change.scale ?? state.scale,
    transform: change.transform ?? state.transform,
    opaque: givenOr(change.opaque, state.opaque),
    input: givenOr(change.input, state.input),
    source: givenOr(change.source, state.source),
    destination: givenOr(change.destination, state.destination),
  };
}

function givenOr<T>(given: Given<T> | undefined, otherwise: T | undefined): T | undefined {
  return given === undefined ? otherwise : given.value;
}

/** Whether `viewOf` says the same of both: with most commits the picture alone is another. */
export function isSameShape(one: SurfaceState, other: SurfaceState): boolean {
  return (
    one.scale === other.scale &&
    one.transform === other.transform &&
    one.source === other.source &&
    one.destination === other.destination &&
    one.content?.width === other.content?.width &&
    one.content?.height === other.content?.height &&
    one.content?.isUpsideDown === other.content?.isUpsideDown
  );
}

/** How large a surface is, in its own pixels, and where in its buffer each of them is. */
export interface View extends Size {
  readonly toBuffer: Affine;
}

/** Undefined where there is nothing to see. */
export function viewOf(state: SurfaceState): View | undefined {
  const { content, transform } = state;
  if (content === undefined) return undefined;
  const whole = wholeOf(state, content);
  const source = state.source ?? { x: 0, y: 0, ...whole };
  const { width, height } = state.destination ?? source;
  const toBuffer = inTurn(
    scaling(source.width / width, source.height / height),
    moving(source.x, source.y),
    scaling(1 / whole.width, 1 / whole.height),
    turning(transform),
    content.isUpsideDown ? upsideDown : identity,
    scaling(content.width, content.height),
  );
  return { width, height, toBuffer: exact(toBuffer) };
}

/** In the unit square. */
const upsideDown: Affine = [1, 0, 0, -1, 0, 1];

/** The buffer's size as the surface has it, before a viewport. */
export function wholeOf({ scale, transform }: SurfaceState, { width, height }: Size): Size {
  const [across, down] = isSideways(transform) ? [height, width] : [width, height];
  return { width: across / scale, height: down / scale };
}

/** A rectangle of the buffer, in the surface's pixels. */
export function onSurface({ toBuffer }: View, rectangle: Rectangle): Rectangle {
  return isIdentity(toBuffer) ? rectangle : boxThrough(inverse(toBuffer), rectangle);
}

/** Without what dividing and multiplying again has left of a whole number. */
export function exact(map: Affine): Affine {
  const round = (value: number) => Math.round(value * 2 ** 24) / 2 ** 24;
  const [a, b, c, d, e, f] = map;
  return [round(a), round(b), round(c), round(d), round(e), round(f)];
}
