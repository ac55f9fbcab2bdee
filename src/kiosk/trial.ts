/** Tries a kiosk with a client of this process: what it is offered, and whether its frames are shown and their buffers given back. */
import { closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { GuestheadError } from '../errors.js';
import { enums } from '../wayland/index.js';
import { runtimeFolder, openSocket } from './socket.js';
import { TrialClient, type OfferedGlobal, type TrialAddon } from './trial-client.js';

export interface Trial {
  readonly globals: readonly OfferedGlobal[];
  /** ms from the commit of each frame to its time for the next one. */
  readonly frameMs: readonly number[];
  /** Buffers that were given back. */
  readonly released: number;
}

/** Two buffers in turn: each is shown twice, the second time as it is where that can be. */
const frames = 5;
const limitMs = 10_000;
const colours = [0x00_40_60_80, 0x00_50_70_90];
const bytesPerPixel = 4;

/** Rejects with ERR_PROTOCOL where the kiosk refuses the client, or ERR_FLIP_TIMEOUT where it does not come to an end. */
export async function tryClient(kiosk: { listen(path: string): void }, addon: TrialAddon): Promise<Trial> {
  const folder = runtimeFolder(undefined, '');
  try {
    const client = new TrialClient(addon, join(folder.path, openSocket(kiosk, folder.path)));
    try {
      return await inTime(showFrames(client, addon));
    } finally {
      client.close();
    }
  } finally {
    folder.close();
  }
}

async function showFrames(client: TrialClient, addon: TrialAddon): Promise<Trial> {
  await client.answered();
  const { surface, width, height } = await openWindow(client);
  let released = 0;
  let onRelease = () => undefined as void;
  const buffers = colours.map((colour) =>
    makeBuffer(client, addon, { width, height, colour }, () => {
      released++;
      onRelease();
    }),
  );
  const frameMs: number[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const committedMs = performance.now();
    const done = client.frame(surface);
    client.request(surface, 'attach', [buffers[frame % buffers.length] ?? 0, 0, 0]);
    client.request(surface, 'damage_buffer', [0, 0, width, height]);
    client.request(surface, 'commit');
    await done;
    frameMs.push(performance.now() - committedMs);
  }
  const givenBack = new Promise<void>(
    (resolve) => (onRelease = () => (released >= frames - 1 ? resolve() : undefined)),
  );
  onRelease();
  await Promise.race([givenBack, client.failed]);
  return { globals: client.globals, frameMs, released };
}

async function openWindow(client: TrialClient) {
  const base = client.bind('xdg_wm_base', 1);
  const surface = client.make(client.bind('wl_compositor', 4), 'create_surface', 'wl_surface');
  const size = { width: 0, height: 0, serial: 0 };
  const xdg = client.make(base, 'get_xdg_surface', 'xdg_surface', [surface], (name, body) => {
    if (name === 'configure') size.serial = body.readUInt32LE(0);
  });
  client.make(xdg, 'get_toplevel', 'xdg_toplevel', [], (name, body) => {
    if (name === 'configure') [size.width, size.height] = [body.readInt32LE(0), body.readInt32LE(4)];
  });
  client.request(surface, 'commit');
  await client.answered();
  client.request(xdg, 'ack_configure', [size.serial]);
  return { surface, width: size.width, height: size.height };
}

interface Filled {
  readonly width: number;
  readonly height: number;
  /** 0xRRGGBB */
  readonly colour: number;
}

function makeBuffer(
  client: TrialClient,
  addon: TrialAddon,
  { width, height, colour }: Filled,
  onRelease: () => void,
): number {
  const bytes = width * height * bytesPerPixel;
  const memory = addon.createMemory(bytes);
  try {
    writeSync(memory, new Uint8Array(new Uint32Array(width * height).fill(colour).buffer), 0, bytes, 0);
    const shm = client.bind('wl_shm', 1);
    const pool = client.make(shm, 'create_pool', 'wl_shm_pool', [bytes], undefined, Uint32Array.of(memory));
    const values = [0, width, height, width * bytesPerPixel, enums.wl_shm.format.xrgb8888];
    return client.make(pool, 'create_buffer', 'wl_buffer', values, (name) => {
      if (name === 'release') onRelease();
    });
  } finally {
    closeSync(memory);
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(notInTime()), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function notInTime(): GuestheadError {
  const text = `A client’s ${frames} frames were not all shown and given back within ${limitMs / 1000} s`;
  const advice = 'see whether the host’s window is open, and `guesthead probe --flip`';
  return new GuestheadError('ERR_FLIP_TIMEOUT', text, { advice });
}
