/** Opens a head, draws a moving bar, prints one line a second, ends cleanly on Ctrl-C. */
import { openHead, restoreOnSignals, type Frame } from 'guesthead';

restoreOnSignals(); // on Ctrl-C the screen shows again what it showed before
const head = await openHead();
const [blue, white, barWidth] = [0x203060, 0xffffff, 64];

function paintBar({ pixels, width, height, stridePixels }: Frame, number: number, colour: number): void {
  const left = (number * 8) % (width - barWidth);
  for (let row = 0; row < height; row++)
    pixels.fill(colour, row * stridePixels + left, row * stridePixels + left + barWidth);
}

let flips = 0;
head
  .flips((frame) => {
    if (frame.age === 0) frame.pixels.fill(blue);
    else paintBar(frame, frame.number - frame.age, blue); // wipe the bar that this buffer showed last
    paintBar(frame, frame.number, white);
  })
  .subscribe(() => flips++);

setInterval(() => {
  console.log(`${flips} flips on ${head.info.display.connector}`);
  flips = 0;
}, 1000);
