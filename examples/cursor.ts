/**
 * Moves the hardware cursor in a circle over a picture that is presented once: a cursor needs no flip. Prints one line a
 * second, follows the host's resizes, and ends on Ctrl-C.
 */
import { openHead, restoreOnSignals } from 'guesthead';

const [blue, white, black, clear] = [0x203060, 0xffffffff, 0xff000000, 0x00000000];
/** Pixels. */
const [side, radius] = [64, 100];

/** A white arrow with a black edge, 16 by 16 pixels, whose tip is at 0, 0; ARGB, the colours multiplied by their alpha. */
function arrow(): Uint32Array {
  return Uint32Array.from({ length: side * side }, (_, at) => {
    const [x, y] = [at % side, Math.floor(at / side)];
    if (x + y > 16 || y > 15 - x / 2) return clear;
    return x === 0 || y === 0 || x + y === 16 ? black : white;
  });
}

restoreOnSignals(); // on Ctrl-C the screen shows again what it showed before
const head = await openHead();
let [flips, presented] = [0, false];

head.state$.subscribe(() => {
  presented = false; // another mode: the picture is drawn anew
});
head.turn$.subscribe(() => {
  const frame = presented ? undefined : head.acquire();
  if (frame === undefined) return;
  frame.pixels.fill(blue);
  head.present(frame, { onOutcome: ({ kind }) => kind === 'shown' && flips++ });
  presented = true;
});

const cursor = head.cursor(); // throws ERR_UNSUPPORTED where the display has none
cursor.setImage(arrow(), { x: 0, y: 0 }); // the pixel that points is the tip

let place = { x: 0, y: 0 };
setInterval(() => {
  const { width, height } = head.info.mode;
  const angle = (performance.now() / 1000) * Math.PI; // once round in two seconds
  place = {
    x: Math.round(width / 2 + radius * Math.cos(angle)),
    y: Math.round(height / 2 + radius * Math.sin(angle)),
  };
  cursor.move(place.x, place.y);
}, 16);

setInterval(() => {
  console.log(`${flips} flips, the cursor is at ${place.x},${place.y} on ${head.info.display.connector}`);
}, 1000);
