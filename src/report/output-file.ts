/** A file that a run writes at its end: whether that will be possible is found out before it begins. */
import type { Stats } from 'node:fs';
import { open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { GuestheadError, errnoOf } from '../errors.js';

/** In the same folder, because a rename must not leave the file system; a name that nobody guesses, for folders like /tmp. */
export function unfinishedName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}`);
}

export class OutputFile {
  readonly #unfinished: string;

  private constructor(
    /** Absolute, links followed. */
    readonly path: string,
  ) {
    this.#unfinished = unfinishedName(path);
  }

  /**
   * Tries by making a file beside it and removing that again. Rejects with ERR_USAGE where `path` is
   * something else than a file or its folder is not there, with ERR_SYSTEM where it may not be written.
   */
  static async at(path: string): Promise<OutputFile> {
    const target = new OutputFile(await realpath(path).catch(() => resolve(path)));
    await target.#refuseWhatIsNoFile();
    await target.#try(async () => {
      await (await open(target.#unfinished, 'wx')).close();
      await unlink(target.#unfinished);
    });
    return target;
  }

  /** The file is there with all of `text`, or is as it was. Rejects with ERR_SYSTEM. */
  async write(text: string): Promise<void> {
    await this.#try(async () => {
      try {
        await this.#fill(text);
        await rename(this.#unfinished, this.path);
      } catch (error) {
        await unlink(this.#unfinished).catch(() => undefined);
        throw error;
      }
    });
  }

  async #fill(text: string): Promise<void> {
    const file = await open(this.#unfinished, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** A rename would put a file in the place of a folder, a device or a pipe. */
  async #refuseWhatIsNoFile(): Promise<void> {
    const [folder, found] = await Promise.all([statOf(dirname(this.path)), statOf(this.path)]);
    if (folder?.isDirectory() !== true)
      throw new GuestheadError('ERR_USAGE', `There is no folder for ${this.path}`, { advice: 'make the folder first' });
    if (found === undefined) return;
    if (!found.isFile())
      throw new GuestheadError('ERR_USAGE', `${this.path} is there and is no regular file`, {
        advice: 'name a file that is new or may be replaced',
      });
    await this.#try(async () => (await open(this.path, 'r+')).close());
  }

  async #try(operate: () => Promise<void>): Promise<void> {
    try {
      await operate();
    } catch (cause) {
      throw new GuestheadError('ERR_SYSTEM', `Cannot write ${this.path}`, {
        errno: errnoOf(cause),
        advice: 'name a file in a folder that you may write to and that has room',
        cause,
      });
    }
  }
}

function statOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined);
}
