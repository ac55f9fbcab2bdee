/** What a soak is of: a program in the guest that answers as test/lab/guest/flipper.ts does, and what is done to it. */
import { faults, type Fault } from './faults.js';

export interface Subject {
  /** A file of test/lab/guest. */
  readonly program: string;
  readonly faults: Readonly<Record<string, Fault>>;
  /** How many dma-bufs may be parked with a display that is lost. */
  readonly mostParked: number;
}

/** Backbuffers that it asks for. */
export const buffers = 4;
const clientBuffers = 4;

const { pause, resize, burst, replug, thief, rebind, errno, refusal } = faults;

/** Says a word to the kiosk, which does it to its client. */
const told =
  (word: string, what: string): Fault =>
  async ({ flipper }) => {
    await flipper.tell(word);
    return what;
  };

export const subjects = {
  head: { program: 'flipper', faults, mostParked: buffers },
  kiosk: {
    program: 'soaked-kiosk',
    faults: {
      ...{ pause, resize, burst, replug, thief, rebind, errno, refusal },
      kill: told('kill', 'the client was killed, and another one came'),
      stop: told('stop', 'the client was stopped for 2 s'),
      hang: told('hang', 'the client was stopped for ever, and ended as hung'),
      second: told('second', 'a second client came for 3 s, and was killed'),
    } as Record<string, Fault>,
    mostParked: buffers + clientBuffers,
  },
} satisfies Record<string, Subject>;
