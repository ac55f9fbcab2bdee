/** What a client has for others: of the clipboard, of the primary selection, or dragged. */
import { closeSync } from 'node:fs';
import type { Client, Resource } from '../../../wayland/index.js';

/** More kinds than any program has of one thing. */
const mostMimeTypes = 512;

export class Source<Name extends 'wl_data_source' | 'zwp_primary_selection_source_v1'> {
  readonly mimeTypes = new Set<string>();
  #onGone: () => void = () => undefined;

  constructor(readonly resource: Resource<Name>) {}

  get client(): Client {
    return this.resource.client;
  }

  get alive(): boolean {
    return this.resource.alive;
  }

  /** One more kind of it; a client that has too many is ended. */
  add(mimeType: string): void {
    this.mimeTypes.add(mimeType);
    if (this.mimeTypes.size > mostMimeTypes) this.client.refuseMore();
  }

  /** Its client writes to the descriptor, which stays the caller's, a duplicate of it. */
  send(mimeType: string, fd: number): void {
    (this.resource as Resource<'wl_data_source'>).send.send(mimeType, fd);
  }

  /** It is of no use any more. */
  cancel(): void {
    (this.resource as Resource<'wl_data_source'>).send.cancelled();
  }

  /** Who uses it hears when it goes. */
  whenGone(callback: () => void): void {
    this.#onGone = callback;
  }

  /** Of its resource. */
  gone(): void {
    this.#onGone();
  }
}

export type AnySource = Source<'wl_data_source'> | Source<'zwp_primary_selection_source_v1'>;

/** A receiver's descriptor goes to the source, or nowhere; ours is closed in both cases, so that the receiver sees an end. */
export function passOn(source: AnySource | undefined, mimeType: string, fd: number): void {
  // Where sending throws, whoever called the handler closes it.
  if (source?.alive === true && source.mimeTypes.has(mimeType)) source.send(mimeType, fd);
  closeSync(fd);
}
