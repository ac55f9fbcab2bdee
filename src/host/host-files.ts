/** The host's files, from a root that tests may put elsewhere. Nothing throws: what cannot be read is undefined. */
import { accessSync, constants, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

export class HostFiles {
  constructor(private readonly root = '/') {}

  text(path: string): string | undefined {
    return this.#attempt(() => readFileSync(this.#at(path), 'utf8').trim());
  }

  number(path: string): number | undefined {
    const text = this.text(path);
    return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
  }

  /** Names in a folder, sorted; none where it cannot be read. */
  names(folder: string): string[] {
    return this.#attempt(() => readdirSync(this.#at(folder)).sort()) ?? [];
  }

  exists(path: string): boolean {
    return this.#attempt(() => statSync(this.#at(path))) !== undefined;
  }

  /** The last part of what a symbolic link points to. */
  linkName(path: string): string | undefined {
    return this.#attempt(() => basename(readlinkSync(this.#at(path))));
  }

  /** Whether this process may open it for reading and writing. */
  mayUse(path: string): boolean {
    const use = () => {
      accessSync(this.#at(path), constants.R_OK | constants.W_OK);
      return true;
    };
    return this.#attempt(use) ?? false;
  }

  #at(path: string): string {
    return join(this.root, path);
  }

  #attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch {
      return undefined;
    }
  }
}
