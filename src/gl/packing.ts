/**
 * A scene as numbers in a row, which native/gl/description.cc reads:
 *
 *     target, fence, background ×4, damage count (-1 = all), layer count,
 *     damage × (x, y, width, height),
 *     layers × (source, opacity;
 *               of a colour: colour ×4, rectangle count, rectangles × (x, y, width, height);
 *               of a picture: to ×4, number, alpha, acquire, transform, filter, from ×4;
 *               of an effect: to ×4, number, alpha, channels ×4, frame, time, mouse ×4, value count, values),
 *     upload count, uploads × (picture, x, y, width, height)
 *
 * The event loop waits for it, and V8 runs it without optimizing it for a program's first minutes: there are few calls for each layer.
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
  type FenceWish,
  type PictureLayer,
  type Scene,
  type Surface,
} from './scene.js';
import { Uploads } from './uploads.js';

const source = { colour: 0, picture: 1, effect: 2 };
const black: Colour = [0, 0, 0, 1];
const still = [0, 0, 0, 0] as const;
const channels = 4;
const place = 'part of a target (`to`)';

export class Packer {
  readonly #numbers = new Numbers();
  readonly #uploads = new Uploads();
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
    this.#numbers.count = 0;
    this.#uploads.clear();
    this.#target = this.numberOf(target);
    this.#uploads.add(target);
    this.#putHead(fence, background, damage, layers.length);
    if (damage !== undefined) this.#putDamage(damage);
    for (const layer of layers) this.#putLayer(layer);
    this.#putUploads();
  }

  #putHead(fence: FenceWish, background: Colour, damage: Scene['damage'], layers: number): void {
    checkFour(background, 'background');
    const numbers = this.#numbers;
    const at = numbers.room(8);
    const { all } = numbers;
    all[at] = this.#target;
    all[at + 1] = Math.max(0, indexOf(fenceWishes, fence, 'fence') - 1); // auto is native, where there is one
    numbers.writeFour(at + 2, background);
    all[at + 6] = damage === undefined ? -1 : damage.length > mostRectangles ? 1 : damage.length;
    all[at + 7] = layers;
  }

  #putDamage(damage: readonly Rectangle[]): void {
    if (damage.length > mostRectangles) this.#numbers.putBox(around(damage), 'damaged rectangle');
    else this.#numbers.putBoxes(damage, 'damaged rectangle');
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
  #putLayer(layer: Partial<Record<'colour' | 'picture' | 'effect', unknown>>): void {
    if (!isObject(layer)) throw noLayer(layer);
    if (layer.colour !== undefined) this.#putColour(layer as ColourLayer);
    else if (isObject(layer.picture)) this.#putPicture(layer as PictureLayer);
    else if (isObject(layer.effect)) this.#putEffect(layer as EffectLayer);
    else throw noLayer(layer);
  }

  #putColour({ colour, to, opacity = 1 }: ColourLayer): void {
    checkFour(colour, 'colour');
    const numbers = this.#numbers;
    const at = numbers.room(7);
    const { all } = numbers;
    all[at] = source.colour;
    all[at + 1] = opacity;
    numbers.writeFour(at + 2, colour);
    all[at + 6] = isBoxes(to) ? to.length : 1;
    if (isBoxes(to)) numbers.putBoxes(to, place);
    else numbers.putBox(to, place);
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
    checkFour(mouse, 'mouse');
    const at = this.#putHow(source.effect, opacity, to, 13 + effect.valueCount);
    const { all } = this.#numbers;
    all[at] = effect.numberFor(this.maker);
    all[at + 1] = indexOf(alphaModes, alpha, 'alpha');
    for (let channel = 0; channel < channels; channel++) {
      const picture = pictures[channel];
      all[at + 2 + channel] = picture === undefined ? 0 : this.#channelNumber(picture);
    }
    all[at + 6] = frame;
    all[at + 7] = timeSeconds;
    this.#numbers.writeFour(at + 8, mouse);
    all[at + 12] = effect.valueCount;
    effect.write(layer.uniforms, all, at + 13);
  }

  #channelNumber(picture: Surface): number {
    this.#uploads.add(picture);
    return this.#sourceNumber(picture);
  }

  /** GL does not say what comes of a picture that is drawn into itself. */
  #sourceNumber(picture: Surface): number {
    const number = this.numberOf(picture);
    if (number !== this.#target) return number;
    throw new GuestheadError('ERR_USAGE', 'A picture cannot be drawn into itself', {
      advice: 'draw it into another one first (`createOffscreen`)',
    });
  }

  #put(value: number): void {
    const at = this.#numbers.room(1);
    this.#numbers.all[at] = value;
  }

  /** What a picture and an effect begin with; returns where `more` numbers of its own are to stand. */
  #putHow(kind: number, opacity = 1, to: Box, more: number): number {
    checkBox(to, place);
    const numbers = this.#numbers;
    const at = numbers.room(6 + more);
    numbers.all[at] = kind;
    numbers.all[at + 1] = opacity;
    numbers.writeBox(at + 2, to);
    return at + 6;
  }
}

function noLayer(value: unknown): GuestheadError {
  const advice = 'give its colour, or its picture, or its effect';
  return new GuestheadError('ERR_USAGE', `${shown(value)} is no layer`, { advice });
}

function isBoxes(to: Box | readonly Box[]): to is readonly Box[] {
  return isList(to);
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
