/**
 * Which exports are under way, and who holds them. Knows no socket and no memory: each event returns what is to be
 * told, in this order.
 *
 *     add ──► held by every consumer ──(the last one releases, or dies)──► released
 *      │                ▲                        │
 *      └─ no consumer ──┤ join                   └─(revoke, or the producer's end)──► revoked
 *         the newest waits, older ones are released
 */
import type { MessageOf } from '../protocol/messages.js';

export type Export = Omit<MessageOf<'export'>, 'type'>;
/** Counted by the broker, for its life. */
export type ConsumerId = number & { readonly kind: 'consumer' };

export type Effect =
  /** To a consumer: it holds this export from now on. */
  | { readonly type: 'offer'; readonly to: ConsumerId; readonly export: Export }
  /** To a consumer: it holds it no longer. */
  | { readonly type: 'withdraw'; readonly from: ConsumerId; readonly export: Export }
  /** To the producer: nobody reads it. */
  | { readonly type: 'released'; readonly export: Export }
  /** To the producer: it has been taken back. */
  | { readonly type: 'revoked'; readonly export: Export };

interface Live {
  readonly export: Export;
  readonly holders: Set<ConsumerId>;
}

export class Exports {
  readonly #live = new Map<string, Live>();
  readonly #consumers: Set<ConsumerId>;
  #newest: Live | undefined;

  constructor(consumers: Iterable<ConsumerId> = []) {
    this.#consumers = new Set(consumers);
  }

  get size(): number {
    return this.#live.size;
  }

  has(id: string): boolean {
    return this.#live.has(id);
  }

  /** Whether `consumer` has it, and may release it. */
  isHeldBy(id: string, consumer: ConsumerId): boolean {
    return this.#live.get(id)?.holders.has(consumer) ?? false;
  }

  /** The one of `buffer` that is under way; a buffer has one at a time. */
  ofBuffer(buffer: number): Export | undefined {
    for (const live of this.#live.values()) if (live.export.buffer === buffer) return live.export;
    return undefined;
  }

  /** The caller has made sure that neither its id nor its buffer is under way. */
  add(added: Export): Effect[] {
    this.#newest = { export: added, holders: new Set(this.#consumers) };
    this.#live.set(added.id, this.#newest);
    const offers = [...this.#consumers].map((to): Effect => ({ type: 'offer', to, export: added }));
    return [...offers, ...this.#releaseUnheld()];
  }

  join(consumer: ConsumerId): Effect[] {
    this.#consumers.add(consumer);
    const newest = this.#newest;
    if (newest === undefined) return [];
    newest.holders.add(consumer);
    return [{ type: 'offer', to: consumer, export: newest.export }];
  }

  /** It has gone, and with it all that it held. */
  leave(consumer: ConsumerId): Effect[] {
    this.#consumers.delete(consumer);
    for (const { holders } of this.#live.values()) holders.delete(consumer);
    return this.#releaseUnheld();
  }

  /** Nothing happens where it does not hold it. */
  release(id: string, consumer: ConsumerId): Effect[] {
    const live = this.#live.get(id);
    if (live?.holders.delete(consumer) !== true || live.holders.size > 0) return [];
    return [this.#end(live, 'released')];
  }

  /** Consumers are told first. Nothing happens where it is not under way. */
  revoke(id: string): Effect[] {
    const live = this.#live.get(id);
    if (live === undefined) return [];
    const withdrawals = [...live.holders].map((from): Effect => ({ type: 'withdraw', from, export: live.export }));
    return [...withdrawals, this.#end(live, 'revoked')];
  }

  revokeAll(): Effect[] {
    return [...this.#live.keys()].flatMap((id) => this.revoke(id));
  }

  /** With no consumer connected the newest waits for the next. */
  #releaseUnheld(): Effect[] {
    const waits = (live: Live) => this.#consumers.size === 0 && live === this.#newest;
    return [...this.#live.values()]
      .filter((live) => live.holders.size === 0 && !waits(live))
      .map((live) => this.#end(live, 'released'));
  }

  #end(live: Live, type: 'released' | 'revoked'): Effect {
    this.#live.delete(live.export.id);
    if (this.#newest === live) this.#newest = undefined;
    return { type, export: live.export };
  }
}
