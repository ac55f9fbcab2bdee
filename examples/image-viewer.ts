/**
 * Shows a PNG on the first head: the render GPU scales it into whatever size the head has.
 *
 *   node --import tsx examples/image-viewer.ts FILE.png [--drift] [--frames N]
 *
 * Keys: + and - zoom, h j k l or the arrows move, 0 fits it into the head again, q quits, and so does Ctrl-C. A frame is
 * drawn only when something changes; with --drift the view moves slowly by itself, at each refresh. Ends after N flips.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openGpus, type Box, type Draw, type Gl, type GlPicture } from 'guesthead';
import { PNG } from 'pngjs';
import { concatMap, filter, from, fromEvent, lastValueFrom, merge, share, take, takeUntil, tap } from 'rxjs';

const background = [0.1, 0.1, 0.1, 1] as const;
const [zoomStep, moveStep, mostZoom] = [1.25, 0.1, 64];
const driftSeconds = 40;

/** The picture's point in the middle of the head, from 0 to 1, and how much larger than fitted it is. */
const whole = { x: 0.5, y: 0.5, zoom: 1 };
let view = whole;

/** Premultiplied: a filter would mix in the colour of transparent pixels otherwise. */
async function load(gl: Gl, file: string): Promise<GlPicture> {
  const { width, height, data } = PNG.sync.read(readFileSync(file)); // RGBA, a byte each
  const picture = await gl.createPicture(width, height, 'ABGR8888'); // the same, as little-endian numbers
  const bytes = new Uint8ClampedArray(picture.pixels.buffer);
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] ?? 0;
    for (let channel = 0; channel < 3; channel++) bytes[at + channel] = ((data[at + channel] ?? 0) * alpha) / 255;
    bytes[at + 3] = alpha;
  }
  return picture;
}

/** Each half as large as the one before, the average of four pixels becoming one: a linear filter alone looks at four. */
async function levelsOf(gl: Gl, picture: GlPicture): Promise<readonly GlPicture[]> {
  const levels = [picture];
  for (let from = picture; Math.min(from.width, from.height) > 1; levels.push(from)) {
    const [width, height] = [Math.ceil(from.width / 2), Math.ceil(from.height / 2)];
    const half = await gl.createOffscreen(width, height);
    const layer = { picture: from, to: { x: 0, y: 0, width, height } };
    await gl.compose(half, { layers: [layer], background: [0, 0, 0, 0], fence: 'implicit' }); // the GPU keeps the order
    from = half;
  }
  return levels;
}

/** Where the whole picture is, in pixels of the head. */
function place(picture: GlPicture, head: { readonly width: number; readonly height: number }): Box {
  const scale = Math.min(head.width / picture.width, head.height / picture.height) * view.zoom;
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { x: head.width / 2 - view.x * width, y: head.height / 2 - view.y * height, width, height };
}

const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

/** As a terminal sends them. */
const keys = {
  left: ['h', '\x1b[D'],
  right: ['l', '\x1b[C'],
  up: ['k', '\x1b[A'],
  down: ['j', '\x1b[B'],
  quit: ['q', '\x03'],
};

function press(key: string): void {
  const right = Number(keys.right.includes(key)) - Number(keys.left.includes(key));
  const down = Number(keys.down.includes(key)) - Number(keys.up.includes(key));
  const { x, y, zoom } = view;
  const larger = key === '+' ? zoom * zoomStep : key === '-' ? zoom / zoomStep : zoom;
  const move = moveStep / zoom;
  const moved = { x: clamp(x + right * move, 0, 1), y: clamp(y + down * move, 0, 1), zoom: clamp(larger, 1, mostZoom) };
  view = key === '0' ? whole : moved;
}

/** Once around, from the whole picture to twice its size and back. */
function drift(): void {
  const angle = ((performance.now() / 1000 / driftSeconds) % 1) * 2 * Math.PI;
  const zoom = 1.5 - Math.cos(angle) / 2;
  view = { x: 0.5 + Math.sin(angle) * 0.25, y: 0.5 + Math.sin(2 * angle) * 0.25, zoom };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { drift: { type: 'boolean', default: false }, frames: { type: 'string', default: 'Infinity' } },
});
const [file] = positionals;
if (file === undefined) throw new Error('Which PNG?');

const { stdin } = process;
if (stdin.isTTY) stdin.setRawMode(true); // each key at once, and Ctrl-C as a key
const keys$ = fromEvent(stdin, 'data').pipe(
  concatMap((chunk) => from(String(chunk).match(/\x1b\[[A-D]|[^]/g) ?? [])),
  share(),
);
const quit$ = merge(
  keys$.pipe(filter((key) => keys.quit.includes(key))),
  ...['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => fromEvent(process, signal)),
);
const gpus = await openGpus();
try {
  const gl = await gpus.openGl();
  const picture = await load(gl, file);
  const levels = await levelsOf(gl, picture); // by the way, the GPU has compiled what it draws with before the first flip
  const head = await gpus.openHead({ source: 'gpu' });
  const draw: Draw = (frame) => {
    if (values.drift) drift();
    const to = place(picture, frame);
    const level = levels.findLast(({ width }) => width >= to.width) ?? picture; // never made smaller by more than half
    return gl.compose(frame, { background, layers: [{ picture: level, to }] });
  };
  const { width, height } = picture;
  console.log(`${file}: ${width}x${height} on ${head.info.display.connector}, drawn by ${gl.info.renderer}`);
  const when$ = values.drift ? undefined : keys$.pipe(tap(press));
  const flips$ = head.flips(draw, { when$ }).pipe(take(Number(values.frames)), takeUntil(quit$));
  await lastValueFrom(flips$, { defaultValue: undefined });
} finally {
  if (stdin.isTTY) stdin.setRawMode(false);
  stdin.pause();
  gpus.close(); // and the screen shows again what it showed before
}
