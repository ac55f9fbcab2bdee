/** Draws a scene with the GPU: what of it changed, from the clients' dma-bufs, and from copies of what they have in memory. */
import type { GuestheadError } from '../errors.js';
import type { Drawn, Gl, PictureLayer, Transform } from '../gl/index.js';
import { transforms } from '../gl/index.js';
import type { Frame } from '../loop/index.js';
import { boxThrough, turning, type Affine } from './affine.js';
import type { OpenGl } from './gl-choice.js';
import { GlPictures, type Shown } from './gl-pictures.js';
import { colourOf, isByPixels, type Stale } from './painter.js';
import type { Placement } from './placement.js';
import { isOpaque, type SceneNode } from './scene.js';

export interface DrawnScene extends Drawn {
  /** Out of clients' buffers in memory. */
  readonly bytesCopied: number;
}

type StaleOnColour = Stale & { readonly background: number };

/**
 * Whether the GPU has something to gain: a buffer in memory that is shown pixel by pixel is copied once by the CPU, and GL, which
 * copies it first, is not loaded for it.
 */
function isWorkOfGpu(nodes: readonly SceneNode[], placement: Placement): boolean {
  const [first, ...others] = nodes;
  if (first === undefined) return false;
  const isPlain = isByPixels(placement.toBuffer(first, placement.boxOf(first)));
  return others.length > 0 || !isPlain || first.surface.current.content?.isDmabuf === true;
}

export class GlPainter {
  readonly #pictures = new GlPictures();
  #gl: Gl | undefined;
  #opening = false;
  #closed = false;

  constructor(private readonly open: OpenGl) {}

  /**
   * Hands the scene to the GPU, and takes the contents that it is drawn from as they are now. Undefined where the CPU has to draw it:
   * GL is not open yet, or does not open, or has refused one of these buffers. Rejects as `Gl.compose` does.
   */
  draw(frame: Frame, nodes: readonly SceneNode[], placement: Placement, stale: Stale): Promise<DrawnScene> | undefined {
    const { parts, background } = stale;
    // A picture behind the windows is the CPU's to draw.
    if (typeof background !== 'number' || !isWorkOfGpu(nodes, placement)) return undefined;
    if (this.#gl?.closed === true) this.#lose();
    if (this.#gl === undefined) void this.#begin();
    const [gl, shown] = [this.#gl, nodes.flatMap(shownBy)];
    if (gl === undefined || !this.#pictures.takes(shown)) return undefined;
    const places = nodes.map((node) => layerOf(node, placement)); // before anybody commits anything more
    return this.#draw(gl, frame, shown, places, { parts, background });
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#lose();
  }

  /** The clients do not have their buffers back before the driver has the drawing: its own fences keep them off from then on. */
  async #draw(
    gl: Gl,
    frame: Frame,
    shown: readonly Shown[],
    places: readonly Omit<PictureLayer, 'picture'>[],
    { parts, background }: StaleOnColour,
  ): Promise<DrawnScene> {
    for (const { content } of shown) content.hold();
    try {
      for (const { x, y, width, height } of parts) frame.damaged(x, y, width, height);
      const { pictures, bytesCopied } = await this.#pictures.of(gl, shown);
      const layers = places.map((place, index) => ({ ...place, picture: pictures[index] }) as PictureLayer);
      const drawn = await gl.compose(frame, { layers, damage: parts, background: colourOf(background) });
      return { ...drawn, bytesCopied };
    } catch (error) {
      // A GPU that is lost comes back; one that does not draw into the head's buffers never will.
      if (!gl.closed && this.#pictures.takes(shown)) this.close();
      throw error;
    } finally {
      for (const { content } of shown) content.release();
    }
  }

  /** Until it is open the CPU draws. It is tried once, unless the GPU is lost: what is not there does not come while the kiosk runs. */
  async #begin(): Promise<void> {
    if (this.#opening) return;
    this.#opening = true;
    try {
      const gl = await this.open();
      if (!this.#closed) this.#gl = gl;
    } catch (error) {
      this.#opening = (error as Partial<GuestheadError>).code !== 'ERR_DEVICE_LOST';
    }
  }

  /** With the GPU: once that is back, GL is opened anew. */
  #lose(): void {
    this.#gl = undefined;
    this.#opening = this.#closed;
    this.#pictures.close();
  }
}

function shownBy({ surface }: SceneNode): Shown[] {
  const { content } = surface.current;
  return content === undefined ? [] : [{ surface, content }]; // a node has one
}

/** All but its picture. */
function layerOf(node: SceneNode, placement: Placement): Omit<PictureLayer, 'picture'> {
  const to = placement.boxOf(node);
  const map = placement.toBuffer(node, to);
  return {
    to,
    from: boxThrough(map, { x: 0, y: 0, width: to.width, height: to.height }),
    transform: transformOf(map),
    filter: isByPixels(map) ? 'nearest' : 'linear',
    alpha: isOpaque(node) ? 'opaque' : 'premultiplied',
  };
}

/** How its content was turned: by quarters, and perhaps mirrored. */
export function transformOf([a, b, c, d]: Affine): Transform {
  const signs = [a, b, c, d].map(Math.sign);
  const index = transforms.findIndex((_, transform) => {
    const turned = turning(transform);
    return signs.every((sign, at) => sign === Math.sign(turned[at] ?? 0));
  });
  return transforms[index] ?? 'normal';
}
