/** All consumers of a broker: who comes, who has greeted, who is dropped. */
import { type Observable, Subscription } from 'rxjs';
import { coded, messageOf } from '../../errors.js';
import type { MessageSocket } from '../../ipc/index.js';
import { decode, encode, kindOf } from '../protocol/messages.js';
import { malformed } from '../protocol/fields.js';
import type { Channel } from '../consumer/channel.js';
import { ConsumerLeg, type LegChannel, type LegHandlers } from './consumer-leg.js';
import type { ConsumerId } from './exports.js';
import type { BrokerLimits } from './limits.js';
import { localPair } from './local-consumer.js';

export class Consumers {
  /** Those that have greeted. */
  readonly joined = new Map<ConsumerId, ConsumerLeg>();
  readonly #all = new Set<ConsumerLeg>();
  readonly #listening = new Subscription();
  #count = 0;

  /** `refusal`: why a consumer of another process cannot be served at all, where that is so. */
  constructor(
    private readonly limits: BrokerLimits,
    private readonly handlers: Pick<LegHandlers, 'joined' | 'left' | 'released' | 'unregistered'>,
    private readonly refusal: () => string | undefined,
  ) {}

  /** `onError`: nobody can come any more. Throws where that is so from the beginning. */
  listen(connections$: Observable<MessageSocket>, onError: (error: Error) => void): void {
    let failure: Error | undefined;
    let fail = (error: Error): void => void (failure = error);
    const next = (socket: MessageSocket) => this.#accept(socket);
    this.#listening.add(connections$.subscribe({ next, error: (error: unknown) => fail(coded(error)) }));
    if (failure !== undefined) throw failure;
    fail = onError;
  }

  /** One in this process. */
  local(): Channel {
    const pair = localPair(
      (message) => this.#guarded(leg, () => leg.receive(message)),
      () => leg.close('it closed its end'),
    );
    const leg = this.#add(pair.broker);
    return pair.consumer;
  }

  close(why: string): void {
    this.#listening.unsubscribe();
    for (const leg of [...this.#all]) leg.close(why);
  }

  #accept(socket: MessageSocket): void {
    const why = this.refusal() ?? this.#tooMany();
    if (why !== undefined) {
      refuse(socket, why);
      return;
    }
    const leg = this.#add(channelOf(socket));
    socket.messages$.subscribe({
      next: ({ bytes, fds }) =>
        this.#guarded(leg, () => {
          if (fds.length > 0) throw malformed('descriptors came with it'); // never: the socket takes none
          leg.receive(decode(Buffer.from(bytes)));
        }),
      error: (error: unknown) => leg.drop(messageOf(error)),
      complete: () => leg.close('it closed its end'),
    });
  }

  #tooMany(): string | undefined {
    const most = this.limits.consumers;
    return this.#all.size >= most ? `the broker serves ${most} consumers at a time` : undefined;
  }

  #add(channel: LegChannel): ConsumerLeg {
    const leg: ConsumerLeg = new ConsumerLeg(++this.#count as ConsumerId, channel, this.limits, {
      ...this.handlers,
      joined: (one) => {
        this.joined.set(one.id, one);
        this.handlers.joined(one);
      },
      left: (one, why) => {
        this.#all.delete(one);
        this.joined.delete(one.id);
        this.handlers.left(one, why);
      },
    });
    this.#all.add(leg);
    return leg;
  }

  #guarded(leg: ConsumerLeg, receive: () => void): void {
    try {
      receive();
    } catch (error) {
      leg.drop(messageOf(error));
    }
  }
}

function channelOf(socket: MessageSocket): LegChannel {
  return {
    send: (message, pages) => socket.send(encode(message), pages?.fd === undefined ? [] : [pages.fd]),
    close: () => socket.close(),
  };
}

function refuse(socket: MessageSocket, reason: string): void {
  socket.send(encode({ type: 'refused', what: kindOf('hello'), buffer: 0, reason }));
  socket.close();
}
