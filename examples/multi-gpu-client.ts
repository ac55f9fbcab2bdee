/**
 * A complete client of two GPUs: one draws, one shows. It finds them, finds the format both
 * can do, allocates and imports buffers or steps down the ladder of paths, draws and flips,
 * and lives through resizes, unplugged heads and lost devices until Ctrl-C.
 *
 *   node --import tsx examples/multi-gpu-client.ts [RENDER [DISPLAY]]
 *
 * Both may be a driver's name, a PCI address or a node. People read standard error;
 * standard output gets one JSON object, at the end. Exit status: 0, or 1 on a failure, 3 without devices.
 */
import {
  describeDevice,
  discover,
  type DrawResult,
  type Flip,
  type Frame,
  type Gpus,
  GuestheadError,
  type Head,
  openGpus,
} from 'guesthead';
import { lastValueFrom, takeUntil, tap } from 'rxjs';

const [background, foreground, barWidth, step] = [0x203060, 0xffffff, 64, 8];
const [render = 'auto', display = 'auto'] = process.argv.slice(2);

/** What happened, for the last line. */
const seen = { flips: 0, missed: 0, sizes: [] as string[], faults: [] as string[] };

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Chooses the devices, becomes DRM master once nobody else is, and finds the format both can do. */
async function openPair(): Promise<Gpus> {
  for (const device of discover()) say(`found ${describeDevice(device)}`);
  const opened = await openGpus({ render, display, reopen: true, wait: true, onWait: explain });
  const linear = opened.formats().filter(({ modifiers }) => modifiers.includes(0n));
  const names = linear.map(({ name }) => name);
  say(`both can do, linear: ${names.join(', ') || 'nothing'}`);
  if (names.includes('XRGB8888')) return opened; // the only one that virtio-gpu shows, and that a frame has
  opened.close();
  throw new GuestheadError('ERR_UNSUPPORTED', 'The two devices have no linear XRGB8888 in common');
}

/** Why, and what to do about it. */
function explain(error: unknown): void {
  if (!(error instanceof GuestheadError)) throw error;
  say(`${error.code}: ${error.message}${error.advice === undefined ? '' : `\n→ ${error.advice}`}`);
}

/**
 * Four buffers on the connector's preferred mode, by the best path that the devices and the
 * host accept. A client that draws with the GPU says `source: 'gpu'`.
 */
async function openFirstHead(gpus: Gpus): Promise<Head> {
  const head = await gpus.openHead({ path: 'auto', buffers: 4, onResize: 'follow', source: 'cpu' });
  const { path, refused, render: gpu, display: shows, mode } = head.info;
  for (const { path: better, code, advice } of refused) say(`not by ${better}: ${code}: ${advice}`);
  say(`${gpu.driver} ${gpu.node} → ${shows.driver} ${shows.node} ${shows.connector}, path ${path}`);
  say(`${mode.width}x${mode.height} at ${mode.refreshHz.toFixed(2)} Hz`);
  head.faults$.subscribe((fault) => {
    seen.faults.push(fault.code);
    explain(fault); // none of these ends the flips
  });
  return head;
}

/**
 * Draws one frame. `age` says how many frames ago this buffer was drawn: only what changed
 * since is drawn, and told, for the path `copy`. It is 0 in buffers that are new, as all
 * are after a resize, whose sizes are the new ones, and after a lost device came back.
 *
 * A client that draws with its GPU opens EGL on `gpus.render.open()`. It imports `frame.drawnFd` (linear
 * XRGB8888, `frame.stride * 4` bytes a row) the first time that it sees this descriptor since `age` was 0: with
 * eglCreateImage and EGL_LINUX_DMA_BUF_EXT, or Vulkan's VK_EXT_external_memory_dma_buf. It renders without waiting and
 * returns the sync_file of its fence (EGL_ANDROID_native_fence_sync; vkGetFenceFdKHR), which
 * the flip waits for in the kernel and the loop closes. Whose driver attaches fences to
 * the dma-buf itself, as Mesa's do for EGL, may return nothing.
 */
function draw(frame: Frame): DrawResult {
  noteSize(frame);
  if (frame.age === 0) fill(frame, 0, frame.width, background);
  else drawBar(frame, frame.number - frame.age, background);
  drawBar(frame, frame.number, foreground);
}

/** Here a client makes anew what depends on the size. */
function noteSize({ width, height }: Frame): void {
  const size = `${width}x${height}`;
  if (size === seen.sizes.at(-1)) return;
  seen.sizes.push(size);
  say(`drawing ${size}`);
}

function drawBar(frame: Frame, number: number, colour: number): void {
  fill(frame, (number * step) % Math.max(1, frame.width - barWidth), barWidth, colour);
}

/** Full columns; stays inside of the narrowest head. */
function fill(frame: Frame, left: number, wanted: number, colour: number): void {
  const { pixels, width, height, stride } = frame;
  const right = Math.min(left + wanted, width);
  for (let row = 0; row < height; row++) pixels.fill(colour, row * stride + left, row * stride + right);
  frame.damaged(left, 0, right - left, height);
}

function count({ missed }: Flip): void {
  if (seen.flips === 0) say('flipping');
  seen.flips++;
  seen.missed += missed;
}

/** Flips until a signal; errors where the loop cannot go on. */
async function run(head: Head): Promise<void> {
  const stopped = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
  });
  const status = setInterval(() => {
    say(`${seen.flips} flips, ${seen.missed} missed, ${head.pacing.kind}`);
  }, 1000);
  try {
    const flips$ = head.flips(draw).pipe(tap(count), takeUntil(stopped)); // unsubscribing gives the screen back
    await lastValueFrom(flips$, { defaultValue: undefined });
  } finally {
    clearInterval(status);
    const { path, mode } = head.info;
    console.log(JSON.stringify({ ...seen, path, mode }));
  }
}

try {
  const opened = await openPair();
  try {
    await run(await openFirstHead(opened));
  } finally {
    opened.close(); // its head first
  }
} catch (error) {
  explain(error);
  process.exitCode = error instanceof GuestheadError && error.code === 'ERR_NO_DEVICE' ? 3 : 1;
}
