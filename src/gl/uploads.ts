/** The changed parts of the pictures that one scene draws from. */
import { MemoryPicture } from './picture.js';
import type { Surface } from './scene.js';

/** Used again for each scene. What changed is kept by the pictures until `sent`: a scene that is refused loses nothing. */
export class Uploads {
  readonly pictures = new Set<MemoryPicture>();

  /** How many rectangles there are. */
  get count(): number {
    let count = 0;
    for (const { damage } of this.pictures) count += damage.length;
    return count;
  }

  clear(): void {
    this.pictures.clear();
  }

  /** Each picture once, however often it is drawn. */
  add(picture: Surface | undefined): void {
    if (picture instanceof MemoryPicture && picture.damage.length > 0) this.pictures.add(picture);
  }

  /** The thread has been told of them. */
  sent(): void {
    for (const picture of this.pictures) picture.forgetDamage();
    this.pictures.clear();
  }
}
