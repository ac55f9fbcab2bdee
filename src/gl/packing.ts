/**
 * A scene as numbers in a row, which native/gl/description.cc reads:
 *
 *     target, fence, background ×4, damage count (-1 = all), layer count,
 *     damage × (x, y, width, height),
 *     layers × (source, opacity, to ×4;
 *               of a colour: colour ×4;
 *               of a picture: number, alpha, acquire, transform, filter, from ×4;
 *               of an effect: number, alpha, channels ×4, frame, time, mouse ×4, value count, values),
 *     upload count, uploads × (picture, x, y, width, height)
 *
 * A scene of SMPTE's bars has sixty layers, and the event loop waits for them, at first in V8's interpreter: there are few calls for each.
 */
import { isObject, shown } from '../arguments.js';
import { GuestheadError } from '../errors.js';
import { checkBox, checkFour, isList, Numbers } from './numbers.js';
import { GlPicture, type Maker } from './picture.js';
import { around, mostRectangles, type Rectangle } from '../buffer/index.js';
import {
  alphaModes,
  fenceWishes,
  filters,
  transforms,
  type Box,
  type Colour,
  type ColourLayer,
  type EffectLayer,
  type PictureLayer,
  type Scene,
  type Surface,
} from './scene.js';
import { Uploads } from './uploads.js';

const source = { colour: 0, picture: 1, effect: 2 };
const black: Colour = [0, 0, 0, 1];
const still = [0, 0, 0, 0] as const;
const channels = 4;

export class Packer {
  readonly #numbers = new Numbers();
  readonly #uploads = new Uploads();
  readonly #put = (value: number): void => {
    this.#numbers.put(value);
  };
  #target = 0;

  /** `numberOf`: what the thread knows a surface by. Throws ERR_CLOSED and ERR_USAGE. */
  constructor(
    private readonly maker: Maker,
    private readonly numberOf: (surface: Surface) => number,
  ) {}

  get numbers(): Float64Array {
    return this.#numbers.all;
  }

  get count(): number {
    return this.#numbers.count;
  }

  /** The thread has the numbers: what the pictures' changes were is its own now. */
  sent(): void {
    this.#uploads.sent();
  }

  /** Throws ERR_USAGE for what is no scene, ERR_CLOSED for a picture, effect or fence that is closed. */
  pack(target: Surface, { layers, background = black, damage, fence = 'auto' }: Scene): void {
    if (!isList(layers)) throw wrong(layers, 'list of layers');
    if (damage !== undefined && !isList(damage)) throw wrong(damage, 'list of damaged rectangles');
    this.#numbers.clear();
    this.#uploads.clear();
    this.#target = this.numberOf(target);
    this.#uploads.add(target);
    const fenceKind = Math.max(0, indexOf(fenceWishes, fence, 'fence') - 1); // auto is native, where there is one
    this.#putTwo(this.#target, fenceKind);
    this.#numbers.putFour(background, 'background');
    const rectangles = damage === undefined ? -1 : damage.length > mostRectangles ? 1 : damage.length;
    this.#putTwo(rectangles, layers.length);
    this.#putDamage(damage);
    for (const layer of layers) this.#putLayer(layer);
    this.#putUploads();
  }

  #putDamage(damage: readonly Rectangle[] = []): void {
    if (damage.length > mostRectangles) this.#numbers.putBox(around(damage), 'damaged rectangle');
    else for (const rectangle of damage) this.#numbers.putBox(rectangle, 'damaged rectangle');
  }

  #putUploads(): void {
    this.#put(this.#uploads.count);
    for (const picture of this.#uploads.pictures)
      for (const rectangle of picture.damage) {
        this.#put(picture.numberFor(this.maker));
        this.#numbers.putBox(rectangle, 'upload');
      }
  }

  /** JavaScript may give anything: what each is made of is looked at where it is put. */
  #putLayer(layer: Partial<ColourLayer & PictureLayer & EffectLayer>): void {
    if (!isObject(layer)) throw noLayer(layer);
    if (layer.colour !== undefined) this.#putColour(layer as ColourLayer);
    else if (isObject(layer.picture)) this.#putPicture(layer as PictureLayer);
    else if (isObject(layer.effect)) this.#putEffect(layer as EffectLayer);
    else throw noLayer(layer);
  }

  #putColour({ colour, to, opacity }: ColourLayer): void {
    checkFour(colour, 'colour');
    const at = this.#putHow(source.colour, opacity, to, 4);
    const { all } = this.#numbers;
    all[at] = colour[0];
    all[at + 1] = colour[1];
    all[at + 2] = colour[2];
    all[at + 3] = colour[3];
  }

  #putPicture(layer: PictureLayer): void {
    const { picture, to, opacity, transform = 'normal', filter = 'linear', alpha = 'premultiplied', acquire } = layer;
    this.#uploads.add(picture);
    const number = this.#sourceNumber(picture);
    const at = this.#putHow(source.picture, opacity, to, 5);
    const { all } = this.#numbers;
    all[at] = number;
    all[at + 1] = indexOf(alphaModes, alpha, 'alpha');
    all[at + 2] = acquire === undefined ? -1 : acquire.fd;
    all[at + 3] = indexOf(transforms, transform, 'transform');
    all[at + 4] = indexOf(filters, filter, 'filter');
    this.#numbers.putBox(layer.from ?? whole(picture), 'part of a picture (`from`)');
  }

  #putEffect(layer: EffectLayer): void {
    const { effect, to, opacity, alpha = 'opaque', timeSeconds = 0, frame = 0, mouse = still, pictures = [] } = layer;
    if (pictures.length > channels)
      throw new GuestheadError('ERR_USAGE', `An effect has ${channels} pictures, and ${pictures.length} were given`);
    const at = this.#putHow(source.effect, opacity, to, 2);
    this.#numbers.all[at] = effect.numberFor(this.maker);
    this.#numbers.all[at + 1] = indexOf(alphaModes, alpha, 'alpha');
    for (let channel = 0; channel < channels; channel++) {
      const picture = pictures[channel];
      this.#uploads.add(picture);
      this.#put(picture === undefined ? 0 : this.#sourceNumber(picture));
    }
    this.#putTwo(frame, timeSeconds);
    this.#numbers.putFour(mouse, 'mouse');
    this.#put(effect.valueCount);
    effect.eachValue(layer.uniforms, this.#put);
  }

  /** GL does not say what comes of a picture that is drawn into itself. */
  #sourceNumber(picture: Surface): number {
    const number = this.numberOf(picture);
    if (number !== this.#target) return number;
    throw new GuestheadError('ERR_USAGE', 'A picture cannot be drawn into itself', {
      advice: 'draw it into another one first (`createOffscreen`)',
    });
  }

  #putTwo(one: number, other: number): void {
    const at = this.#numbers.room(2);
    const { all } = this.#numbers;
    all[at] = one;
    all[at + 1] = other;
  }

  /** What every layer begins with; returns where `more` numbers of its own are to stand. */
  #putHow(kind: number, opacity = 1, to: Box, more: number): number {
    checkBox(to, 'part of a target (`to`)');
    const at = this.#numbers.room(6 + more);
    const { all } = this.#numbers;
    all[at] = kind;
    all[at + 1] = opacity;
    all[at + 2] = to.x;
    all[at + 3] = to.y;
    all[at + 4] = to.width;
    all[at + 5] = to.height;
    return at + 6;
  }
}

function noLayer(value: unknown): GuestheadError {
  const advice = 'give its colour, or its picture, or its effect';
  return new GuestheadError('ERR_USAGE', `${shown(value)} is no layer`, { advice });
}

function whole(picture: Surface): Box {
  const { width, height } = picture instanceof GlPicture ? picture : picture.memory;
  return { x: 0, y: 0, width, height };
}

function wrong(value: unknown, what: string): GuestheadError {
  return new GuestheadError('ERR_USAGE', `${shown(value)} is no ${what}`);
}

function indexOf(names: readonly string[], name: string, what: string): number {
  const index = names.indexOf(name);
  if (index >= 0) return index;
  throw new GuestheadError('ERR_USAGE', `${shown(name)} is no ${what}`, { advice: `give one of ${names.join(', ')}` });
}
