/**
 * A CRTC's hardware cursor: its picture and its position, without a flip of the primary plane.
 *
 * By the cursor ioctls and not by atomic commits, which the lab decided (virtio-gpu, Linux 7.2,
 * cursor changes every 7–20 ms beside a loop at 75 Hz): an atomic commit of the cursor plane
 * alone, `nonblock`, is refused with EBUSY while a flip is under way, and the loop's next flip
 * is refused with EBUSY until the cursor's own vblank: two of three flips were missed. A
 * blocking one waits for a vblank of its own with the CRTC locked: half of the flips
 * were missed. The ioctls wait for the flip under way and for nothing after it; no flip was
 * refused or missed on their account. And since what is left is that first wait, up to a
 * refresh of it, a change during a flip is kept until the flip is done:
 *
 *     setImage, move, hide ──► no flip under way ──► ioctl at once
 *                         └──► flip under way ──► kept, newest wins ──► apply() at its event
 *
 * The same while the display is left to others: then until it is had again.
 *
 * A cursor plane is hidden from atomic clients on paravirtual displays, unless they ask for it
 * by DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT; the ioctls need neither the plane's id nor that.
 */
import type { KmsNode } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import type { CrtcId, CursorShape } from '../ffi/index.js';
import type { Native } from '../native/index.js';
import { assertGiven, isObject } from '../arguments.js';
import { closeQuietly, Owner, quietly } from '../owner.js';
import { createCursorImage, cursorSize, type CursorImage } from './cursor-image.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface CursorOptions {
  readonly native: Native;
  /** DRM master; stays the caller's and open until after `close`. */
  readonly display: KmsNode;
  readonly crtc: CrtcId;
  /** Whether a commit on the CRTC has been made whose flip event has not come yet, or the display is another's. */
  readonly hasToWait: () => boolean;
}

/** The kernel's two calls for this CRTC; replaced by the tests. */
export interface CursorCalls {
  readonly set: (shape: CursorShape | undefined) => void;
  readonly move: (x: number, y: number) => void;
}

/** What the next call to the kernel is to change the picture to. */
type Picture = 'unchanged' | 'spare' | 'same' | 'none';

export class Cursor {
  readonly #owner = new Owner();
  #closed = false;
  #picture: Picture = 'unchanged';
  /** Whether the kernel shows one of ours. */
  #shown = false;
  #hotspot: Point = { x: 0, y: 0 };
  /** Where the hotspot is to be. */
  #target: Point = { x: 0, y: 0 };
  /** Where the kernel has the upper left corner. */
  #corner: Point | undefined;
  /** The picture to draw next: never the one on the screen. */
  #spare: CursorImage;
  #other: CursorImage;

  /**
   * Hides whatever cursor the CRTC shows, waiting for a flip under way. Throws
   * ERR_UNSUPPORTED where there is no hardware cursor, with nothing left open.
   * @internal
   */
  static open({ native, display, crtc, hasToWait }: CursorOptions): Cursor {
    const calls: CursorCalls = {
      set: (shape) => {
        display.kms.setCursor(crtc, shape);
      },
      move: (x, y) => {
        display.kms.moveCursor(crtc, x, y);
      },
    };
    return new Cursor(calls, () => createCursorImage(native, display), hasToWait);
  }

  /** For the tests; others use `open`. @internal */
  constructor(
    private readonly calls: CursorCalls,
    createImage: () => CursorImage,
    private readonly hasToWait: () => boolean,
  ) {
    calls.set(undefined);
    const create = () => this.#owner.own(createImage());
    [this.#spare, this.#other] = this.#owner.guard(() => [create(), create()]);
  }

  /**
   * Shows 64×64 pixels, row by row, ARGB with premultiplied colours, which are copied.
   * `hotspot` is the pixel of them that points; it stays where it was told to be.
   */
  setImage(pixels: Uint32Array, hotspot: Point): void {
    this.#assertOpen();
    checkPixels(pixels);
    checkHotspot(hotspot);
    this.#spare.draw(pixels);
    this.#hotspot = { x: hotspot.x, y: hotspot.y };
    this.#picture = 'spare';
    this.#applyUnlessWaiting();
  }

  /** Puts the hotspot on a pixel of the CRTC; outside of it the cursor is clipped. */
  move(x: number, y: number): void {
    this.#assertOpen();
    for (const at of [x, y]) assertGiven(isPlace(at), at, 'place for a cursor', 'give x and y in whole pixels');
    this.#target = { x, y };
    this.#applyUnlessWaiting();
  }

  /** Until the next `setImage`. */
  hide(): void {
    this.#assertOpen();
    this.#picture = 'none';
    this.#applyUnlessWaiting();
  }

  /**
   * Makes the changes that waited for a flip: to be called at its event, before the next
   * commit. Does nothing where none did, or after `close`. Throws what the kernel refuses
   * with; the change is kept then.
   * @internal
   */
  apply(): void {
    if (this.#closed) return;
    this.#applyPlace();
    this.#applyPicture();
  }

  /** The display is had again: whoever had it may have shown a cursor of his own. Throws as `apply` does. @internal */
  showAgain(): void {
    this.#corner = undefined;
    if (this.#picture === 'unchanged') this.#picture = this.#shown ? 'same' : 'none';
    this.#applyUnlessWaiting();
  }

  /**
   * Hides the cursor, waiting for a flip under way, and frees its pictures; `Head.cursor()` makes another. Throws nothing, for
   * a display that is lost, or another's, has nothing of ours on it. Idempotent.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    quietly(() => {
      this.calls.set(undefined);
    });
    closeQuietly(this.#owner);
  }

  /** By `close`, or lost with its display. */
  get closed(): boolean {
    return this.#closed;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #applyUnlessWaiting(): void {
    if (!this.hasToWait()) this.apply();
  }

  #applyPlace(): void {
    const x = this.#target.x - this.#hotspot.x;
    const y = this.#target.y - this.#hotspot.y;
    if (x === this.#corner?.x && y === this.#corner.y) return;
    this.calls.move(x, y);
    this.#corner = { x, y };
  }

  #applyPicture(): void {
    const picture = this.#picture;
    if (picture === 'unchanged') return;
    this.calls.set(picture === 'none' ? undefined : this.#shapeOf(picture === 'spare' ? this.#spare : this.#other));
    this.#picture = 'unchanged';
    this.#shown = picture !== 'none';
    if (picture === 'spare') [this.#spare, this.#other] = [this.#other, this.#spare];
  }

  #shapeOf({ handle }: CursorImage): CursorShape {
    return { handle, width: cursorSize, height: cursorSize, hotspot: this.#hotspot };
  }

  #assertOpen(): void {
    if (this.#closed) throw new GuestheadError('ERR_CLOSED', 'The cursor is closed');
  }
}

/** The kernel takes 32 bits, of which the hotspot needs some. */
const farthest = 2 ** 30;

function isPlace(at: unknown): boolean {
  return Number.isInteger(at) && Math.abs(at as number) <= farthest;
}

function checkPixels(pixels: unknown): void {
  const advice = `give ${cursorSize}² pixels, a Uint32Array of ARGB`;
  assertGiven(pixels instanceof Uint32Array, pixels, 'picture of a cursor', advice);
  assertGiven(pixels.length === cursorSize ** 2, `${pixels.length} pixels`, 'picture of a cursor', advice);
}

function checkHotspot(hotspot: unknown): void {
  const isInside = (at: unknown) => Number.isInteger(at) && (at as number) >= 0 && (at as number) < cursorSize;
  const advice = 'give { x, y }, the pixel of the picture that points';
  assertGiven(isObject(hotspot), hotspot, 'hotspot', advice);
  const { x, y } = hotspot;
  for (const at of [x, y]) assertGiven(isInside(at), at, 'place inside the cursor for its hotspot', advice);
}
