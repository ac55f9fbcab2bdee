/** Draws a scene with the GPU: what of it changed, from the clients' dma-bufs, and from copies of what they have in memory. */
import { Fence } from '../buffer/index.js';
import type { GuestheadError } from '../errors.js';
import type { Drawn, Gl, PictureLayer, Scene, Transform } from '../gl/index.js';
import { transforms } from '../gl/index.js';
import type { Frame } from '../loop/index.js';
import { boxThrough, inTurn, moving, turning, type Affine } from './affine.js';
import type { Content } from './content.js';
import type { GpuDrawing, OpenGl } from './gl-choice.js';
import { GlPictures, type Shown } from './gl-pictures.js';
import { colourOf, common, isByPixels, type Stale } from './painter.js';
import type { Placement } from './placement.js';
import { isOpaque, type SceneNode } from './scene.js';

export interface DrawnScene extends Drawn {
  /** Out of clients' buffers in memory. */
  readonly bytesCopied: number;
}

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

interface Part extends Shown {
  readonly place: Omit<PictureLayer, 'picture'>;
}

export class GlPainter {
  readonly #pictures = new GlPictures();
  #gl: Gl | undefined;
  #opening = false;
  #closed = false;

  /** `onDrawn`: a scene has been handed to the GPU. */
  constructor(
    private readonly open: OpenGl,
    private readonly onDrawn: (drawing: GpuDrawing) => void = () => undefined,
  ) {}

  /**
   * Hands the scene to the GPU, and takes the contents that it is drawn from as they are now. Undefined where the CPU has to draw it:
   * GL is not open yet, or does not open, or has refused one of these buffers. Rejects as `Gl.compose` does.
   */
  draw(frame: Frame, nodes: readonly SceneNode[], placement: Placement, stale: Stale): Promise<DrawnScene> | undefined {
    // A picture behind the clients is the CPU's: it is there while no client is.
    if (!isWorkOfGpu(nodes, placement) || typeof stale.background !== 'number') return undefined;
    if (this.#gl?.closed === true) this.#lose();
    if (this.#gl === undefined) void this.#begin();
    const parts = nodes.flatMap((node) => partOf(node, placement, frame)); // before anybody commits anything more
    if (this.#gl === undefined || !this.#pictures.takes(parts)) return undefined;
    return this.#draw(this.#gl, frame, parts, { damage: stale.parts, background: colourOf(stale.background) });
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#lose();
  }

  /** The clients do not have their buffers back before the driver has the drawing: its own fences keep them off from then on. */
  async #draw(gl: Gl, frame: Frame, parts: readonly Part[], look: Omit<Scene, 'layers'>): Promise<DrawnScene> {
    for (const { content } of parts) content.hold();
    try {
      for (const { x, y, width, height } of look.damage ?? []) frame.damaged(x, y, width, height);
      const { pictures, bytesCopied } = await this.#pictures.of(gl, parts);
      const layers = parts.map(({ place }, index) => ({ ...place, picture: pictures[index] }) as PictureLayer);
      const calledAt = performance.now();
      const drawn = await gl.compose(frame, { ...look, layers });
      this.onDrawn({ drawn, calledAt });
      keepWhileRead(
        drawn.fence,
        parts.map(({ content }) => content),
      );
      return { ...drawn, bytesCopied };
    } catch (error) {
      // A GPU that is lost comes back; one that does not draw into the head's buffers never will.
      if (!gl.closed && this.#pictures.takes(parts)) this.close();
      throw error;
    } finally {
      for (const { content } of parts) content.release();
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

/** Whose clients wait for no fence of the driver's are kept until it has read them. */
function keepWhileRead(fence: Fence | undefined, contents: readonly Content[]): void {
  const explicit = contents.filter(({ isExplicit }) => isExplicit);
  if (fence === undefined || explicit.length === 0) return;
  const read = another(fence); // the frame's own goes with it
  if (read === undefined) return;
  for (const content of explicit) content.hold();
  const end = () => {
    read.close();
    for (const content of explicit) content.release();
  };
  read.signalled.then(end, end);
}

/** Undefined where this process has no descriptor left. */
function another(fence: Fence): Fence | undefined {
  try {
    return Fence.merge([fence]);
  } catch {
    return undefined;
  }
}

/** What of a node is on the frame: its surface may be far larger. */
function partOf(node: SceneNode, placement: Placement, { width, height }: Frame): Part[] {
  const { surface } = node;
  const { content } = surface.current;
  const box = placement.boxOf(node);
  const to = common(box, { x: 0, y: 0, width, height });
  if (content === undefined || to === undefined) return [];
  const map = inTurn(moving(to.x - box.x, to.y - box.y), placement.toBuffer(node, box));
  const place: Part['place'] = {
    to,
    from: boxThrough(map, { x: 0, y: 0, width: to.width, height: to.height }),
    transform: transformOf(map),
    filter: isByPixels(map) ? 'nearest' : 'linear',
    alpha: isOpaque(node) ? 'opaque' : 'premultiplied',
  };
  return [{ surface, content, place }];
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
