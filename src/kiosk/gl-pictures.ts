/** What the clients show, as GL draws from it. */
import { maxPixels, type DmabufDescription } from '../buffer/index.js';
import type { Gl, GlPicture, MemoryPicture } from '../gl/index.js';
import type { Content } from './content.js';
import { copyWhole } from './painter.js';
import type { Surface } from './surface.js';

/** A copy of a surface's content in memory, and which one that is of. */
interface Copy {
  readonly picture: MemoryPicture;
  content: Content | undefined;
  timesShown: number;
}

/** What a surface shows now. */
export interface Shown {
  readonly surface: Surface;
  readonly content: Content;
}

export interface Pictures {
  /** In the same order. */
  readonly pictures: readonly GlPicture[];
  readonly bytesCopied: number;
}

const bytesPerPixel = 4;

/** Owns them. One scene is drawn after the other: a copy is not written while it is drawn from. */
export class GlPictures {
  readonly #imported = new Map<Content, GlPicture>();
  readonly #copies = new Map<Surface, Copy>();
  #refused = new WeakSet<Content>();

  /** Whether none of them is larger than any GPU takes, or was refused. */
  takes(all: readonly Shown[]): boolean {
    return all.every(
      ({ content }) => Math.max(content.width, content.height) <= maxPixels && !this.#refused.has(content),
    );
  }

  /** Of contents that stay as they are meanwhile. Rejects as `Gl.importDmabuf` and `createPicture` do. */
  async of(gl: Gl, all: readonly Shown[]): Promise<Pictures> {
    this.#forgetOthers(new Set(all.map(({ surface }) => surface)));
    let bytesCopied = 0;
    const pictures: GlPicture[] = [];
    for (const { surface, content } of all) {
      if (content.isDmabuf) pictures.push(this.#imported.get(content) ?? (await this.#import(gl, content)));
      else {
        const { picture, isNew } = await this.#copy(gl, surface, content);
        if (isNew) bytesCopied += content.width * content.height * bytesPerPixel;
        pictures.push(picture);
      }
    }
    return { pictures, bytesCopied };
  }

  /** Idempotent. */
  close(): void {
    for (const picture of this.#imported.values()) picture.close();
    for (const { picture } of this.#copies.values()) picture.close();
    this.#imported.clear();
    this.#copies.clear();
    this.#refused = new WeakSet();
  }

  async #import(gl: Gl, content: Content): Promise<GlPicture> {
    try {
      const picture = await content.lendDmabuf(({ width, height, format, modifier, ...plane }) =>
        gl.importDmabuf({ width, height, format, modifier, planes: [planeOf(plane)] }),
      );
      this.#imported.set(content, picture);
      content.onGone(() => {
        this.#imported.delete(content);
        picture.close();
      });
      return picture;
    } catch (error) {
      this.#refused.add(content);
      throw error;
    }
  }

  async #copy(gl: Gl, surface: Surface, content: Content): Promise<{ picture: MemoryPicture; isNew: boolean }> {
    const copy = this.#fitting(surface, content) ?? (await this.#make(gl, surface, content));
    const { picture } = copy;
    const isNew = copy.content !== content || copy.timesShown !== content.timesShown;
    if (isNew) {
      if (copyWhole(content, picture.pixels)) picture.damaged(0, 0, picture.width, picture.height);
      copy.content = content;
      copy.timesShown = content.timesShown;
    }
    return { picture, isNew };
  }

  #fitting(surface: Surface, { width, height }: Content): Copy | undefined {
    const copy = this.#copies.get(surface);
    return copy?.picture.width === width && copy.picture.height === height ? copy : undefined;
  }

  async #make(gl: Gl, surface: Surface, { width, height }: Content): Promise<Copy> {
    const copy = { picture: await gl.createPicture(width, height), content: undefined, timesShown: 0 };
    this.#copies.get(surface)?.picture.close();
    this.#copies.set(surface, copy);
    return copy;
  }

  /** Those that are seen no more. */
  #forgetOthers(seen: ReadonlySet<Surface>): void {
    for (const [surface, { picture }] of this.#copies)
      if (!seen.has(surface)) {
        this.#copies.delete(surface);
        picture.close();
      }
  }
}

function planeOf({ fd, strideBytes, offsetBytes = 0 }: Pick<DmabufDescription, 'fd' | 'strideBytes' | 'offsetBytes'>) {
  return { fd, strideBytes, offsetBytes };
}
