/**
 * Flips with a draw that draws nothing; from SIGUSR2 on it presents a client's three buffers in turn, from the next one on
 * it flips again, and so on: what the two cost is compared in one process. Ends on SIGINT.
 */
import { modifiers, openHead, Udmabuf, type Head } from '../../../src/index.js';

type Manner = (head: Head) => void;

const flip: Manner = (head) => {
  head.flips(() => undefined).subscribe();
};

const present: Manner = (head) => {
  const { width, height } = head.info.mode;
  const buffers = [0, 1, 2].map(() => {
    const memory = Udmabuf.allocate({ width, height });
    const { fd, strideBytes } = memory;
    const buffer = head.importDmabuf({ fd, width, height, strideBytes, modifier: modifiers.LINEAR });
    memory.close();
    return buffer;
  });
  let [next, shown, released] = [0, 0, 0];
  const options = { onOutcome: () => shown++, onReleased: () => released++ };
  head.turn$.subscribe(() => {
    head.present(buffers[next++ % buffers.length]!, options);
  });
};

let head: Head | undefined;

async function change(to: Manner): Promise<void> {
  await head?.close();
  head = await openHead();
  to(head);
  process.once('SIGUSR2', () => void change(to === flip ? present : flip));
}

process.once('SIGINT', () => void head?.close());
await change(flip);
