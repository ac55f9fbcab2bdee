/** How the host takes pictures of a guest's heads. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestheadError } from '../errors.js';
import type { Watch } from '../host/index.js';
import type { Qmp } from '../qmp/index.js';
import { encodePng, parsePpm, type Capture } from '../render/index.js';
import { gpuId } from './machine.js';

/** One head, for as long as captures are asked of it. */
export interface Camera {
  take(): Promise<void>;
  /** What was taken last. Throws ERR_CAPTURE where it cannot be read. */
  read(): Promise<Capture>;
  /** Saves the same, also where it cannot be read; the file's whole name is returned. */
  keep(name: string): Promise<string>;
  /** Idempotent. */
  close(): void;
}

export type OpenCamera = (head: number) => Promise<Camera>;

/** QMP's screendump, which writes each picture into the same file. */
export function screendumps(qmp: Pick<Qmp, 'execute'>, filename: string): OpenCamera {
  return (head) =>
    Promise.resolve({
      take: async () => {
        await qmp.execute('screendump', { filename, device: gpuId, head });
      },
      read: async () => parsePpm(await readFile(filename)),
      keep: async (name) => {
        await copyFile(filename, `${name}.ppm`);
        return `${name}.ppm`;
      },
      close: () => undefined,
    });
}

/** The D-Bus display, over a QMP socket of its own; `say` is told how the pictures come. */
export function displayCameras(qmpPath: string, say: (line: string) => void): OpenCamera {
  return async (head) => {
    const { openWatch } = await import('../host/index.js');
    const watch = await openWatch({ qmp: qmpPath, head });
    let last: Capture | undefined;
    const take = async () => {
      last = await firstPicture(watch);
    };
    const read = () => (last === undefined ? Promise.reject(nothing()) : Promise.resolve(last));
    const keep = async (name: string) => {
      await writeFile(`${name}.png`, encodePng(await read()));
      return `${name}.png`;
    };
    const close = () => {
      const { updates, transports } = watch.screen;
      say(`head ${head} was watched over the D-Bus display: ${updates} updates came as ${[...transports].join(', ')}`);
      watch.close();
    };
    return { take, read, keep, close };
  };
}

const firstPictureMs = 5_000;
const lookMs = 20;

/** What is shown now; right after the start it may not be there yet. A picture of before QEMU hung up is none. */
async function firstPicture({ screen, ended }: Watch): Promise<Capture> {
  for (let waited = 0; waited < firstPictureMs; waited += lookMs) {
    const hungUp = await Promise.race([ended, Promise.resolve(undefined)]);
    if (hungUp !== undefined) throw nothing(hungUp);
    const capture = screen.capture();
    if (capture !== undefined) return capture;
    await sleep(lookMs);
  }
  throw nothing(screen.fault);
}

function nothing(why = 'The D-Bus display shows nothing'): GuestheadError {
  return new GuestheadError('ERR_CAPTURE', why);
}
