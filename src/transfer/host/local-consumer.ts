/** A consumer in the broker's own process: the same messages, without a socket; its buffers are mapped and have no descriptor. */
import { Subject } from 'rxjs';
import { GuestheadError } from '../../errors.js';
import type { BufferMemory, Channel, Received } from '../consumer/channel.js';
import type { TransferMessage } from '../protocol/messages.js';
import type { LegChannel } from './consumer-leg.js';
import type { GuestPages } from './guest-memory.js';

export interface LocalPair {
  readonly broker: LegChannel;
  readonly consumer: Channel;
}

/** What is said is heard as the next job, so that neither end runs within the other. `onClose`: the consumer has closed its end. */
export function localPair(receive: (message: TransferMessage) => void, onClose: () => void): LocalPair {
  const messages$ = new Subject<Received>();
  let isOpen = true;
  const end = () => {
    isOpen = false;
    queueMicrotask(() => messages$.complete());
  };
  const broker: LegChannel = {
    send: (message, pages) => {
      if (!isOpen) return 'gone';
      const memory = pages && memoryOf(pages);
      queueMicrotask(() => messages$.next({ message, memory }));
      return 'sent';
    },
    close: end,
  };
  const consumer: Channel = {
    send: (message) => {
      if (!isOpen) return 'gone';
      queueMicrotask(() => receive(message));
      return 'sent';
    },
    messages$,
    close: () => {
      if (isOpen) queueMicrotask(onClose);
      end();
    },
  };
  return { broker, consumer };
}

function memoryOf(pages: GuestPages): BufferMemory {
  let isOpen = true;
  return {
    fd: undefined,
    map: () => {
      if (!isOpen) throw new GuestheadError('ERR_CLOSED', 'The buffer is gone');
      return pages.map();
    },
    close: () => (isOpen = false),
  };
}
