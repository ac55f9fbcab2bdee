/**
 * A scene as numbers in a row, which native/gl/description.cc reads:
 *
 *     target, fence, background ×4, damage count (-1 = all), upload count, layer count,
 *     damage × (x, y, width, height),
 *     uploads × (picture, x, y, width, height),
 *     layers × (source, number, acquire, transform, filter, alpha, opacity, colour ×4, from ×4, to ×4,
 *               channels ×4, value count, values)
 */
import { shown } from '../arguments.js';
import { GuestheadError } from '../errors.js';
import type { Rectangle } from '../buffer/index.js';
import { GlPicture } from './picture.js';
import {
  alphaModes,
  fenceWishes,
  filters,
  transforms,
  type Box,
  type Colour,
  type ColourLayer,
  type EffectLayer,
  type Layer,
  type PictureLayer,
  type Scene,
  type Surface,
} from './scene.js';

/** More rectangles than this cost more than drawing once around them. */
const mostRectangles = 16;
const source = { colour: 0, picture: 1, effect: 2 };
const black: Colour = [0, 0, 0, 1];
const nowhere: Box = { x: 0, y: 0, width: 0, height: 0 };
const clear: Colour = [0, 0, 0, 0];
const still = [0, 0, 0, 0] as const;

/** Writes into one array, which grows to the largest scene and is used again for each. */
export class Packer {
  #numbers = new Float64Array(1024);
  #count = 0;

  /** `numberOf`: what the thread knows a surface by. Throws ERR_CLOSED. */
  constructor(private readonly numberOf: (surface: Surface) => number) {}

  get numbers(): Float64Array {
    return this.#numbers;
  }

  get count(): number {
    return this.#count;
  }

  /** Throws ERR_USAGE for what is no scene, ERR_CLOSED for a picture, effect or fence that is closed. */
  pack(target: Surface, { layers, background = black, damage, fence = 'auto' }: Scene): void {
    this.#count = 0;
    const uploads = uploadsOf(layers);
    const rectangles = damage === undefined ? undefined : few(damage);
    this.#put(this.numberOf(target));
    this.#put(Math.max(0, indexOf(fenceWishes, fence, 'fence') - 1)); // auto is native, where there is one
    this.#putColour(background);
    this.#put(rectangles?.length ?? -1);
    this.#put(uploads.length);
    this.#put(layers.length);
    for (const rectangle of rectangles ?? []) this.#putBox(rectangle);
    for (const [picture, rectangle] of uploads) {
      this.#put(picture.number);
      this.#putBox(rectangle);
    }
    for (const layer of layers) this.#putLayer(layer);
  }

  #putLayer(layer: Layer): void {
    if ('picture' in layer) this.#putPicture(layer);
    else if ('effect' in layer) this.#putEffect(layer);
    else this.#putSolid(layer);
  }

  #putSolid({ colour, to, opacity = 1 }: ColourLayer): void {
    this.#putHead(source.colour, 0, -1);
    this.#putLook(0, 0, 0, opacity, colour);
    this.#putBox(nowhere);
    this.#putBox(to);
    this.#putNumbers(still);
    this.#put(0);
  }

  #putPicture(layer: PictureLayer): void {
    const {
      picture,
      to,
      opacity = 1,
      transform = 'normal',
      filter = 'linear',
      alpha = 'premultiplied',
      acquire,
    } = layer;
    const { width, height } = sizeOf(picture);
    this.#putHead(source.picture, this.numberOf(picture), acquire?.fd ?? -1);
    const look = [
      indexOf(transforms, transform, 'transform'),
      indexOf(filters, filter, 'filter'),
      indexOf(alphaModes, alpha, 'alpha'),
    ] as const;
    this.#putLook(...look, opacity, clear);
    this.#putBox(layer.from ?? { x: 0, y: 0, width, height });
    this.#putBox(to);
    this.#putNumbers(still);
    this.#put(0);
  }

  #putEffect(layer: EffectLayer): void {
    const { effect, to, opacity = 1, alpha = 'opaque', time = 0, frame = 0, mouse = still, pictures = [] } = layer;
    this.#putHead(source.effect, effect.number, -1);
    this.#putLook(0, 0, indexOf(alphaModes, alpha, 'alpha'), opacity, clear);
    this.#putBox(nowhere);
    this.#putBox(to);
    for (let channel = 0; channel < 4; channel++) this.#putChannel(pictures[channel]);
    const values = effect.valuesOf(layer.uniforms);
    this.#put(2 + mouse.length + values.length);
    this.#put(time);
    this.#put(frame);
    this.#putNumbers(mouse);
    this.#putNumbers(values);
  }

  #putChannel(picture: Surface | undefined): void {
    this.#put(picture === undefined ? 0 : this.numberOf(picture));
  }

  #putHead(kind: number, number: number, acquire: number): void {
    this.#put(kind);
    this.#put(number);
    this.#put(acquire);
  }

  #putLook(transform: number, filter: number, alpha: number, opacity: number, colour: Colour): void {
    this.#put(transform);
    this.#put(filter);
    this.#put(alpha);
    this.#put(opacity);
    this.#putColour(colour);
  }

  #putColour(colour: Colour): void {
    this.#putNumbers(colour);
  }

  #putBox({ x, y, width, height }: Box): void {
    this.#put(x);
    this.#put(y);
    this.#put(width);
    this.#put(height);
  }

  #putNumbers(values: readonly number[]): void {
    for (const value of values) this.#put(value);
  }

  #put(value: number): void {
    if (this.#count === this.#numbers.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#count++] = value;
  }
}

/** Of each picture in memory once, however often it is drawn. */
function uploadsOf(layers: readonly Layer[]): (readonly [GlPicture, Rectangle])[] {
  const uploads: (readonly [GlPicture, Rectangle])[] = [];
  const add = (picture: Surface | undefined) => {
    if (picture instanceof GlPicture) for (const part of picture.takeDamage()) uploads.push([picture, part]);
  };
  for (const layer of layers) {
    if ('picture' in layer) add(layer.picture);
    else if ('effect' in layer) layer.pictures?.forEach(add);
  }
  return uploads;
}

function sizeOf(picture: Surface): { readonly width: number; readonly height: number } {
  return picture instanceof GlPicture ? picture : picture.memory;
}

function few(rectangles: readonly Rectangle[]): readonly Rectangle[] {
  if (rectangles.length <= mostRectangles) return rectangles;
  const left = Math.min(...rectangles.map(({ x }) => x));
  const top = Math.min(...rectangles.map(({ y }) => y));
  const right = Math.max(...rectangles.map(({ x, width }) => x + width));
  const bottom = Math.max(...rectangles.map(({ y, height }) => y + height));
  return [{ x: left, y: top, width: right - left, height: bottom - top }];
}

function indexOf(names: readonly string[], name: string, what: string): number {
  const index = names.indexOf(name);
  if (index >= 0) return index;
  throw new GuestheadError('ERR_USAGE', `${shown(name)} is no ${what}`, { advice: `give one of ${names.join(', ')}` });
}
