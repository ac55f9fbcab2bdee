/** The changed parts of the pictures that one scene draws from. */
import { MemoryPicture } from './picture.js';
import type { Surface } from './scene.js';

/** Used again for each scene. What changed is kept by the pictures until `sent`: a scene that is refused loses nothing. */
export class Uploads {
  readonly pictures: MemoryPicture[] = [];

  /** How many rectangles there are. */
  get count(): number {
    if (this.pictures.length === 0) return 0;
    let count = 0;
    for (const { damage } of this.pictures) count += damage.length;
    return count;
  }

  clear(): void {
    if (this.pictures.length > 0) this.pictures.length = 0;
  }

  /** Each picture once, however often it is drawn. */
  add(picture: Surface): void {
    if (!(picture instanceof MemoryPicture) || picture.damage.length === 0) return;
    if (!this.pictures.includes(picture)) this.pictures.push(picture);
  }

  /** The thread has been told of them. */
  sent(): void {
    if (this.pictures.length === 0) return;
    for (const picture of this.pictures) picture.forgetDamage();
    this.clear();
  }
}
