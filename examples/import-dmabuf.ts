/**
 * Shows memory of the program's own, dma-bufs that a head imports, without a backbuffer and without a copy: what a video
 * decoder, a camera or another process hands over is shown in the same way. Prints one line a second, ends on Ctrl-C.
 */
import { modifiers, openHead, restoreOnSignals, Udmabuf, type ClientBuffer } from 'guesthead';

const [blue, white] = [0x203060, 0xffffff];
/** Pixels. */
const barWidth = 64;

interface Picture {
  readonly memory: Udmabuf;
  readonly buffer: ClientBuffer;
  /** Nobody shows it or reads it. */
  free: boolean;
}

restoreOnSignals(); // on Ctrl-C the screen shows again what it showed before
const head = await openHead({ onResize: 'keep' }); // a buffer of another size cannot be shown
const { width, height } = head.info.mode;

/** Any linear dma-buf does; `Udmabuf` makes one of ordinary memory, and needs /dev/udmabuf. */
function allocate(): Picture {
  const memory = Udmabuf.allocate({ width, height });
  const { fd, strideBytes } = memory;
  const buffer = head.importDmabuf({ fd, width, height, strideBytes, modifier: modifiers.LINEAR });
  return { memory, buffer, free: true };
}

function paint({ memory }: Picture, frame: number): void {
  memory.draw(({ pixels, stridePixels }) => {
    pixels.fill(blue);
    const left = (frame * 8) % (width - barWidth);
    for (let row = 0; row < height; row++)
      pixels.fill(white, row * stridePixels + left, row * stridePixels + left + barWidth);
  });
}

/** One is on the screen, one on its way there, one is drawn into. */
const pictures = [allocate(), allocate(), allocate()];
let [frames, shown, withoutCopy, isWaiting] = [0, 0, 0, false];

function next(): void {
  const picture = pictures.find(({ free }) => free);
  isWaiting = picture === undefined;
  if (picture === undefined) return;
  picture.free = false;
  paint(picture, frames++);
  head.present(picture.buffer, {
    onOutcome: (outcome) => {
      if (outcome.kind !== 'shown') return;
      shown++;
      if (outcome.zeroCopy) withoutCopy++;
    },
    onReleased: () => {
      picture.free = true; // the host has let go of it
      if (isWaiting) next();
    },
  });
}

head.turn$.subscribe(next);

setInterval(() => {
  console.log(`${shown} frames, ${withoutCopy} without a copy, on ${head.info.display.connector}`);
}, 1000);
