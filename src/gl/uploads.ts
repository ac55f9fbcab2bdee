/** The changed parts of the pictures that one scene draws from. */
import { MemoryPicture } from './picture.js';
import type { Layer, Surface } from './scene.js';

/** Used again for each scene. What changed is kept by the pictures until `sent`: a scene that is refused loses nothing. */
export class Uploads {
  readonly pictures = new Set<MemoryPicture>();

  /** How many rectangles there are. */
  get count(): number {
    let count = 0;
    for (const { damage } of this.pictures) count += damage.length;
    return count;
  }

  /** Each picture once, however often it is drawn. */
  collect(target: Surface, layers: readonly Layer[]): void {
    this.pictures.clear();
    this.#add(target);
    for (const layer of layers) {
      if ('picture' in layer) this.#add(layer.picture);
      else if ('effect' in layer && layer.pictures !== undefined) for (const each of layer.pictures) this.#add(each);
    }
  }

  /** The thread has been told of them. */
  sent(): void {
    for (const picture of this.pictures) picture.forgetDamage();
    this.pictures.clear();
  }

  #add(picture: Surface | undefined): void {
    if (picture instanceof MemoryPicture && picture.damage.length > 0) this.pictures.add(picture);
  }
}
