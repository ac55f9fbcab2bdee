/**
 * A complete client of two GPUs: one draws, one shows. It finds them, finds the formats and layouts that both
 * can do, allocates and imports buffers or steps down the ladder of paths, draws with GLES and flips,
 * and lives through resizes, unplugged heads and lost devices.
 *
 *   node --import tsx examples/multi-gpu-client.ts [RENDER [DISPLAY]] [--frames N]
 *
 * Both may be a driver's name, a PCI address or a node. People read standard error; standard output gets one
 * JSON object, at the end, after N flips or Ctrl-C. Exit status: 0, or 1 on a failure, 3 without devices.
 */
import { parseArgs } from 'node:util';
import type { Drawn, Effect, Flip, Frame, Gl, Gpus, Head, Rectangle } from 'guesthead';
import { describeDevice, discover, GuestheadError, modifiers, openGpus } from 'guesthead';
import { lastValueFrom, take, takeUntil, tap } from 'rxjs';

const options = { frames: { type: 'string', default: 'Infinity' } } as const;
const { values, positionals } = parseArgs({ allowPositionals: true, options });
const background = [0x20 / 255, 0x30 / 255, 0x60 / 255, 1] as const;
const [barWidth, step] = [64, 8]; // pixels, and pixels a frame
const shader = `
  void mainImage(out vec4 colour, in vec2 position) {
    colour = vec4(vec3(sin(3.1416 * position.x / iResolution.x)), 1.0); // round, like a pillar
  }`;

/** What happened, for the last line. */
const seen = { flips: 0, missed: 0, sizes: [] as string[], faults: [] as string[] };

const say = (line: string) => process.stderr.write(`${line}\n`);

/** Why, and what to do about it. */
function explain(error: unknown): void {
  if (!(error instanceof GuestheadError)) throw error;
  say(`${error.code}: ${error.message}${error.advice === undefined ? '' : `\n→ ${error.advice}`}`);
}

/** Chooses the devices, becomes DRM master once nobody else is, and tells what comes and goes from then on. */
async function openPair(render = 'auto', display = 'auto'): Promise<Gpus> {
  for (const device of discover()) say(`found ${describeDevice(device)}`);
  const gpus = await openGpus({ render, display, reopen: true, wait: true, onWait: explain });
  gpus.changes$.subscribe((change) => {
    say(change.kind === 'lost' ? `lost: the ${change.role} device` : change.kind); // hotplug, back, …
  });
  return gpus;
}

/** Which formats, and in which layouts, the GPU allocates, its GLES draws into and the display shows. */
function commonFormats(gpus: Gpus, { info: { formats } }: Gl): string[] {
  return gpus.formats().flatMap(({ name, fourcc, modifiers: shown }) => {
    const drawn = formats.find((format) => format.fourcc === fourcc);
    if (drawn === undefined && formats.length > 0) return [];
    const into = drawn?.modifiers.filter(({ externalOnly }) => !externalOnly).map(({ modifier }) => modifier) ?? [];
    const known = into.length > 0 ? into : [modifiers.LINEAR]; // a driver that tells no layouts draws into linear ones
    const layouts = shown.filter((modifier) => known.includes(modifier));
    return layouts.map((modifier) => `${name} ${modifier === modifiers.LINEAR ? 'linear' : modifier.toString(16)}`);
  });
}

/**
 * Four buffers on the connector's preferred mode, by the best path that the devices and the host accept. A drawing
 * that fails, as with a lost context or GPU, is skipped.
 */
async function openFirstHead(gpus: Gpus): Promise<Head> {
  const gl = await gpus.openGl();
  const formats = commonFormats(gpus, gl);
  say(`both can do: ${formats.join(', ') || 'nothing'}`);
  if (!formats.includes('XRGB8888 linear'))
    throw new GuestheadError('ERR_UNSUPPORTED', 'The two devices have no linear XRGB8888 in common'); // what a frame has
  const lasting = { onResize: 'follow', onDrawError: 'skip' } as const;
  const head = await gpus.openHead({ source: 'gpu', buffers: 4, ...lasting });
  const { path, refused, render, display, mode } = head.info;
  for (const { path: better, code, advice } of refused) say(`not by ${better}: ${code}: ${advice}`);
  say(`${render.driver} ${render.node}, ${gl.info.renderer}, ${gl.fenceKind} fences`);
  say(`→ ${display.driver} ${display.connector} at ${mode.refreshHz.toFixed(2)} Hz, path ${path}`);
  head.faults$.subscribe((fault) => {
    seen.faults.push(fault.code);
    explain(fault); // none of these ends the flips
  });
  return head;
}

/** What we have made on a GPU goes with its GL. */
const bars = new WeakMap<Gl, Promise<Effect>>();
function barOn(gl: Gl): Promise<Effect> {
  const bar = bars.get(gl) ?? gl.createEffect(shader);
  bars.set(gl, bar);
  return bar;
}

/**
 * Draws one frame: GLES renders into the frame's own dma-buf on a thread, and the flip waits for its fence. `age` says
 * how many frames ago this buffer was drawn, so that only what has changed since is drawn, and told, for the
 * path `copy`. It is 0 in buffers that are new, as all are after a resize and after a lost device came back.
 */
async function draw(gpus: Gpus, frame: Frame): Promise<Drawn> {
  noteSize(frame);
  const gl = await gpus.openGl(); // the one that is open or, after the GPU was lost, one on the GPU that came back
  const effect = await barOn(gl);
  const bar = barOf(frame, frame.number);
  const damage = frame.age === 0 ? undefined : [barOf(frame, frame.number - frame.age), bar]; // undefined: all of it
  for (const { x, y, width, height } of damage ?? []) frame.damaged(x, y, width, height);
  return gl.compose(frame, { background, layers: [{ effect, to: bar }], damage });
}

/** Inside of the narrowest head. */
function barOf({ width, height }: Frame, number: number): Rectangle {
  const x = (number * step) % Math.max(1, width - barWidth);
  return { x, y: 0, width: Math.min(barWidth, width - x), height };
}

/** Here a client makes anew what depends on the size. */
function noteSize({ width, height }: Frame): void {
  const size = `${width}x${height}`;
  if (size === seen.sizes.at(-1)) return;
  seen.sizes.push(size);
  say(`drawing ${size}`);
}

/** Flips until a signal, or so many frames; errors where the loop cannot go on. */
async function run(gpus: Gpus, head: Head, frames: number): Promise<void> {
  const stopped = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
  });
  const status = setInterval(() => {
    say(`${seen.flips} flips, ${seen.missed} missed, ${head.pacing.kind}`);
  }, 1000);
  const count = ({ missed }: Flip) => {
    if (seen.flips++ === 0) say('flipping');
    seen.missed += missed;
  };
  try {
    const flips$ = head.flips((frame) => draw(gpus, frame)).pipe(tap(count), take(frames), takeUntil(stopped));
    await lastValueFrom(flips$, { defaultValue: undefined }); // unsubscribing has given the screen back
  } finally {
    clearInterval(status);
    console.log(JSON.stringify({ ...seen, path: head.info.path, mode: head.info.mode }));
  }
}

try {
  const gpus = await openPair(...positionals);
  try {
    await run(gpus, await openFirstHead(gpus), Number(values.frames));
  } finally {
    gpus.close(); // its head first, and its GL
  }
} catch (error) {
  explain(error);
  process.exitCode = error instanceof GuestheadError && error.code === 'ERR_NO_DEVICE' ? 3 : 1;
}
