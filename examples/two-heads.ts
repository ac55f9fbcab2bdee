/**
 * Two heads of one pair of GPUs, each with a picture, a rate and a loop of its own: the first shows
 * a bar that moves at every refresh, the second another colour every half second.
 * Prints each head's flips once a second, and ends on Ctrl-C.
 */
import { openGpus, type Draw, type Frame, type Head } from 'guesthead';
import { interval, lastValueFrom, takeUntil, tap, type Observable } from 'rxjs';

const [black, white, barWidth, step] = [0x000000, 0xffffff, 64, 8];
const colours = [0xc03030, 0x30c030, 0x3030c0];
const slideMs = 500;

function paintBar({ pixels, width, height, stridePixels }: Frame, number: number, colour: number): void {
  const left = (number * step) % (width - barWidth);
  for (let row = 0; row < height; row++)
    pixels.fill(colour, row * stridePixels + left, row * stridePixels + left + barWidth);
}

/** Draws at once, so that each refresh gets a flip. */
const drawBar: Draw = (frame) => {
  if (frame.age === 0) frame.pixels.fill(black);
  else paintBar(frame, frame.number - frame.age, black);
  paintBar(frame, frame.number, white);
};

/** Only when asked; what was shown stays on the screen until then. */
const drawSlide: Draw = (frame) => {
  frame.pixels.fill(colours[frame.number % colours.length] ?? black);
};

const stopped = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
});

const flips = new Map<string, number>();

/** One loop; ends with the head's flips. */
async function run(head: Head, draw: Draw, when$?: Observable<unknown>): Promise<void> {
  const { connector } = head.info.display;
  const counted$ = head.flips(draw, { when$ }).pipe(
    tap(() => flips.set(connector, (flips.get(connector) ?? 0) + 1)),
    takeUntil(stopped),
  );
  await lastValueFrom(counted$, { defaultValue: undefined });
}

const gpus = await openGpus();
const status = setInterval(() => {
  console.log(JSON.stringify(Object.fromEntries(flips)));
}, 1000);
try {
  const connected = gpus.connectors().filter(({ status }) => status === 'connected');
  const [first, second] = connected.map(({ name }) => name);
  if (second === undefined) throw new Error(`Two connected connectors are needed; here: ${first ?? 'none'}`);
  const bar = await gpus.openHead({ connector: first });
  const slides = await gpus.openHead({ connector: second });
  await Promise.all([run(bar, drawBar), run(slides, drawSlide, interval(slideMs))]);
} finally {
  clearInterval(status);
  gpus.close(); // its heads first, and both screens show again what they showed before
}
