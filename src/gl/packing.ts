/**
 * A scene as numbers in a row, which native/gl/description.cc reads:
 *
 *     target, fence, background ×4, damage count (-1 = all), upload count, layer count,
 *     damage × (x, y, width, height),
 *     uploads × (picture, x, y, width, height),
 *     layers × (source, number, acquire, transform, filter, alpha, opacity, colour ×4, from ×4, to ×4;
 *               of an effect: channels ×4, frame, time, mouse ×4, value count, values)
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
  type Layer,
  type PictureLayer,
  type Scene,
  type Surface,
} from './scene.js';
import { Uploads } from './uploads.js';

const source = { colour: 0, picture: 1, effect: 2 };
const black: Colour = [0, 0, 0, 1];
const clear: Colour = [0, 0, 0, 0];
const nowhere: Box = { x: 0, y: 0, width: 0, height: 0 };
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
    layers.forEach(checkLayer);
    this.#numbers.clear();
    this.#uploads.collect(target, layers);
    this.#target = this.numberOf(target);
    const fenceKind = Math.max(0, indexOf(fenceWishes, fence, 'fence') - 1); // auto is native, where there is one
    const rectangles = damage === undefined ? -1 : damage.length > mostRectangles ? 1 : damage.length;
    this.#putTwo(this.#target, fenceKind);
    this.#numbers.putFour(background, 'background');
    this.#putTwo(rectangles, this.#uploads.count);
    this.#put(layers.length);
    this.#putDamage(damage);
    this.#putUploads();
    for (const layer of layers) this.#putLayer(layer);
  }

  #putDamage(damage: readonly Rectangle[] = []): void {
    if (damage.length > mostRectangles) this.#numbers.putBox(around(damage), 'damaged rectangle');
    else for (const rectangle of damage) this.#numbers.putBox(rectangle, 'damaged rectangle');
  }

  #putUploads(): void {
    for (const picture of this.#uploads.pictures)
      for (const rectangle of picture.damage) {
        this.#put(picture.numberFor(this.maker));
        this.#numbers.putBox(rectangle, 'upload');
      }
  }

  #putLayer(layer: Layer): void {
    if ('picture' in layer) this.#putPicture(layer);
    else if ('effect' in layer) this.#putEffect(layer);
    else this.#putColour(layer);
  }

  #putColour({ colour, to, opacity = 1 }: ColourLayer): void {
    this.#putHow(source.colour, 0, -1, 0, 0, 0, opacity);
    this.#putPlace(colour, nowhere, to);
  }

  #putPicture(layer: PictureLayer): void {
    const { picture, opacity = 1, transform = 'normal', filter = 'linear', alpha = 'premultiplied', acquire } = layer;
    this.#putHow(
      source.picture,
      this.#sourceNumber(picture),
      acquire === undefined ? -1 : acquire.fd,
      indexOf(transforms, transform, 'transform'),
      indexOf(filters, filter, 'filter'),
      indexOf(alphaModes, alpha, 'alpha'),
      opacity,
    );
    this.#putPlace(clear, layer.from ?? whole(picture), layer.to);
  }

  #putEffect(layer: EffectLayer): void {
    const { effect, opacity = 1, alpha = 'opaque', timeSeconds = 0, frame = 0, mouse = still, pictures = [] } = layer;
    this.#putHow(source.effect, effect.numberFor(this.maker), -1, 0, 0, indexOf(alphaModes, alpha, 'alpha'), opacity);
    this.#putPlace(clear, nowhere, layer.to);
    if (pictures.length > channels)
      throw new GuestheadError('ERR_USAGE', `An effect has ${channels} pictures, and ${pictures.length} were given`);
    for (let channel = 0; channel < channels; channel++) {
      const picture = pictures[channel];
      this.#put(picture === undefined ? 0 : this.#sourceNumber(picture));
    }
    this.#put(frame);
    this.#put(timeSeconds);
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

  /** These, and not a call for each number: a scene of three layers has seventy, and the event loop waits for them. */
  #putTwo(one: number, other: number): void {
    const at = this.#numbers.room(2);
    const { all } = this.#numbers;
    all[at] = one;
    all[at + 1] = other;
  }

  #putHow(
    kind: number,
    number: number,
    acquire: number,
    transform: number,
    filter: number,
    alpha: number,
    opacity: number,
  ): void {
    const at = this.#numbers.room(7);
    const { all } = this.#numbers;
    all[at] = kind;
    all[at + 1] = number;
    all[at + 2] = acquire;
    all[at + 3] = transform;
    all[at + 4] = filter;
    all[at + 5] = alpha;
    all[at + 6] = opacity;
  }

  #putPlace(colour: Colour, from: Box, to: Box): void {
    checkFour(colour, 'colour');
    checkBox(from, 'part of a picture (`from`)');
    checkBox(to, 'part of a target (`to`)');
    const at = this.#numbers.room(12);
    const { all } = this.#numbers;
    all[at] = colour[0];
    all[at + 1] = colour[1];
    all[at + 2] = colour[2];
    all[at + 3] = colour[3];
    all[at + 4] = from.x;
    all[at + 5] = from.y;
    all[at + 6] = from.width;
    all[at + 7] = from.height;
    all[at + 8] = to.x;
    all[at + 9] = to.y;
    all[at + 10] = to.width;
    all[at + 11] = to.height;
  }
}

function checkLayer(layer: unknown): void {
  if (isObject(layer) && (isObject(layer['colour']) || isObject(layer['picture']) || isObject(layer['effect']))) return;
  throw new GuestheadError('ERR_USAGE', `${shown(layer)} is no layer`, {
    advice: 'give its colour, or its picture, or its effect',
  });
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
