/** Pointers as the user's theme has them: XCURSOR_THEME, XCURSOR_SIZE and XCURSOR_PATH, as libXcursor reads them. */
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { arrow } from './arrow.js';
import type { CursorImage } from './cursor-image.js';
import { namesOf, type ShapeName } from './cursor-names.js';
import { readXcursor } from './xcursor.js';

type Environment = Readonly<Record<string, string | undefined>>;

const defaultPath = ['~/.local/share/icons', '~/.icons', '/usr/share/icons', '/usr/share/pixmaps'];
const defaultSize = 24;
const sizes = { least: 8, most: 512 } as const;
/** A larger file is none of a theme’s. */
const mostBytes = 16 * 2 ** 20;
/** A theme that takes from others, and those from others: none does so often. */
const mostThemes = 32;

export class CursorTheme {
  readonly #folders: readonly string[];
  readonly #theme: string;
  readonly #size: number;
  readonly #images = new Map<string, CursorImage>();
  #themes: readonly string[] | undefined;

  /** Reads nothing before a pointer is asked for. */
  constructor(environment: Environment = process.env) {
    this.#folders = (environment['XCURSOR_PATH']?.split(delimiter) ?? defaultPath).map(inHome);
    this.#theme = environment['XCURSOR_THEME'] ?? 'default';
    const size = Number(environment['XCURSOR_SIZE'] ?? defaultSize);
    this.#size = size >= sizes.least && size <= sizes.most ? size : defaultSize;
  }

  /** One like it where the theme has not this one; a plain arrow where there is no theme. Of a head with `scale` pixels to one. */
  image(shape: ShapeName, scale = 1): CursorImage {
    const key = `${shape} ${scale}`;
    const image = this.#images.get(key) ?? this.#find(shape, this.#size * scale) ?? arrow;
    this.#images.set(key, image);
    return image;
  }

  #find(shape: ShapeName, size: number): CursorImage | undefined {
    this.#themes ??= this.#themesFrom(this.#theme);
    for (const name of namesOf(shape))
      for (const theme of this.#themes)
        for (const folder of this.#folders) {
          const image = readIn(join(folder, theme, 'cursors', name), size);
          if (image !== undefined) return image;
        }
    return undefined;
  }

  /** The theme, and those that it takes from, nearest first; the default one last. */
  #themesFrom(first: string): string[] {
    const themes = [first, 'default'].filter(isName);
    for (let index = 0; index < themes.length && themes.length < mostThemes; index++)
      for (const parent of this.#parentsOf(themes[index] ?? ''))
        if (isName(parent) && !themes.includes(parent)) themes.push(parent);
    return [...new Set(themes)];
  }

  #parentsOf(theme: string): string[] {
    for (const folder of this.#folders) {
      const text = contentOf(join(folder, theme, 'index.theme'));
      if (text !== undefined) return inheritedIn(Buffer.from(text).toString());
    }
    return [];
  }
}

/** Undefined where there is no such file, or none that can be read. */
function readIn(path: string, size: number): CursorImage | undefined {
  const bytes = contentOf(path);
  try {
    return bytes === undefined ? undefined : readXcursor(bytes, size);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function inheritedIn(text: string): string[] {
  const [, list = ''] = /^\s*Inherits\s*=(.*)$/m.exec(text) ?? [];
  return list.split(/[,;:\s]+/).filter((name) => name !== '');
}

/** Of a plain file that is not too large; undefined where there is none. */
function contentOf(path: string): Uint8Array | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isFile() === true && found.size <= mostBytes ? readFileSync(path) : undefined;
  } catch {
    return undefined; // it may not be read
  }
}

const isName = (theme: string): boolean => theme !== '' && !theme.startsWith('.') && !theme.includes('/');

const inHome = (folder: string): string => (folder.startsWith('~/') ? join(homedir(), folder.slice(2)) : folder);
