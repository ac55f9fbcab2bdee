/** A file that guest RAM is in: open as long as the memory or any of the pages taken from it. */
import { closeSync } from 'node:fs';

export class RamFile {
  #users = 1;

  /** Owns `fd`. */
  constructor(
    readonly fd: number,
    /** Device and inode: what tells it from others. */
    readonly name: string,
  ) {}

  /** One `release` is owed for each. */
  retain(): this {
    this.#users++;
    return this;
  }

  release(): void {
    if (--this.#users === 0) closeSync(this.fd);
  }
}
