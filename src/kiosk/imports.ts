/** The clients' buffers that the display can show as they are, each imported once. */
import type { ClientBuffer } from '../buffer/index.js';
import { GuestheadError, isTransient, messageOf, saysLost } from '../errors.js';
import type { Head } from '../head/index.js';
import type { Content } from './content.js';

/** A client that makes a buffer a frame is better copied from: each import pins its pages. */
const importedAt = 2;
/** Pinned memory that clients may take, in all and each; beyond that their pictures are copied. */
const mostBytes = 512 * 2 ** 20;
const mostOfClient = 32;
const bytesPerPixel = 4;

/** Whether a client's buffer can come to the display as it is. */
export function takesForeign({ path }: Pick<Head, 'path'>): boolean {
  return path === 'import' || path === 'udmabuf';
}

interface Import {
  readonly buffer: ClientBuffer;
  readonly content: Content;
}

export class Imports {
  readonly #imported = new Map<Content, Import>();
  /** Why one cannot be: it is not tried again. */
  readonly #refused = new WeakMap<Content, string>();
  #bytes = 0;

  constructor(private readonly head: Pick<Head, 'importDmabuf' | 'canShow' | 'path'>) {}

  /** The buffer to present, or why its picture has to be drawn. */
  of(content: Content): ClientBuffer | string {
    if (!takesForeign(this.head)) return `the display takes no foreign buffers on path ${this.head.path}`;
    const refused = this.#refused.get(content);
    if (refused !== undefined) return refused;
    const known = this.#imported.get(content);
    if (known?.buffer.closed === true) this.#forget(known);
    const buffer = this.#imported.get(content)?.buffer ?? this.#import(content);
    if (typeof buffer === 'string') return buffer;
    const shown = this.head.canShow(buffer);
    return shown.can ? buffer : this.refuse(content, shown.why);
  }

  /** It cannot be shown, and is not pinned for that any longer. Gives the reason back, which is asked anew where it may pass. */
  refuse(content: Content, why: unknown): string {
    const text = messageOf(why);
    if (!mayPass(why)) this.#refused.set(content, text);
    const imported = this.#imported.get(content);
    if (imported !== undefined) this.#forget(imported);
    return text;
  }

  /** What the display shows stays there until the next frame. */
  close(): void {
    for (const imported of [...this.#imported.values()]) this.#forget(imported);
  }

  #import(content: Content): ClientBuffer | string {
    if (!content.isDmabuf && content.timesShown < importedAt) return 'it was shown for the first time';
    const bytes = content.width * content.height * bytesPerPixel;
    const ofClient = [...this.#imported.keys()].filter(({ owner }) => owner === content.owner).length;
    if (ofClient >= mostOfClient || this.#bytes + bytes > mostBytes) return 'too much memory is pinned';
    try {
      const imported = { buffer: content.lendDmabuf((dmabuf) => this.head.importDmabuf(dmabuf)), content };
      this.#imported.set(content, imported);
      this.#bytes += bytes;
      content.onGone(() => this.#forget(imported));
      return imported.buffer;
    } catch (error) {
      return this.refuse(content, error);
    }
  }

  #forget(imported: Import): void {
    const { buffer, content } = imported;
    if (this.#imported.get(content) !== imported) return;
    this.#imported.delete(content);
    this.#bytes -= content.width * content.height * bytesPerPixel;
    buffer.close();
  }
}

/** The display is away, or something is scarce for a moment: the buffer is as good as before. */
function mayPass(why: unknown): boolean {
  return saysLost(why) || isTransient(why) || (why instanceof GuestheadError && why.code === 'ERR_CLOSED');
}
