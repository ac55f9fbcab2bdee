/** What the lab's tests of the examples share: how one is ended, and what the kernel and the host say that it shows. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../src/lab/index.js';
import { parsePpm } from '../../src/render/index.js';
import type { Lines, startWatched } from './lab.js';

/** Sends SIGINT; the clean end and what the last line of standard output says. */
export async function interrupt<T>({ job, lines }: ReturnType<typeof startWatched>, last: RegExp): Promise<T> {
  job.kill('SIGINT');
  const line = await lines.until(last);
  assert.deepEqual(await job.done, { status: 0, signal: null });
  return JSON.parse(line) as T;
}

/** The status line that follows `mark` and tells of more flips than it. */
export async function untilMoreFlips(lines: Lines, mark: string): Promise<void> {
  const before = await lines.until(new RegExp(`${mark}[^]*?^(\\d+) flips`, 'm'));
  const flips = /(\d+) flips$/.exec(before)?.[1] ?? '';
  await lines.until(new RegExp(`${mark}[^]*?^(?!${flips} )\\d+ flips`, 'm'));
}

/** The CRTCs that show a Node process's picture, as the kernel tells, with its size. */
export async function shown(lab: Lab): Promise<string[]> {
  const { stdout } = await lab.run(['sh', '-c', 'cat /sys/kernel/debug/dri/*/state']);
  const planes = stdout.matchAll(/crtc=(\S+)\n\s*fb=\d+\n\s*allocated by = node\n[^]*?size=(\S+)/g);
  return [...new Set([...planes].map(([, crtc, size]) => `${crtc ?? ''} ${size ?? ''}`))];
}

/** A picture of what the host shows. */
export class HostPicture {
  private constructor(private readonly ppm: ReturnType<typeof parsePpm>) {}

  static async take(lab: Lab, head = 0): Promise<HostPicture> {
    await lab.qmp.execute('screendump', { filename: lab.files.capture, device: 'gpu0', head });
    return new HostPicture(parsePpm(await readFile(lab.files.capture)));
  }

  /** Red, green and blue in hexadecimal; empty outside of the picture. */
  at(x: number, y: number): string {
    const { width, rgb } = this.ppm;
    const start = (y * width + x) * 3;
    return x >= width ? '' : Buffer.from(rgb.subarray(start, start + 3)).toString('hex');
  }

  /** All that there are, in order. */
  get colours(): string[] {
    const { width, height } = this.ppm;
    const colours = new Set<string>();
    for (let at = 0; at < width * height; at++) colours.add(this.at(at % width, Math.floor(at / width)));
    return [...colours].sort();
  }

  equals({ ppm }: HostPicture): boolean {
    return Buffer.compare(this.ppm.rgb, ppm.rgb) === 0;
  }
}

/** For a machine that has much else to do: the first drawing of each kind is compiled under emulation. */
const patienceMs = 60_000;

/** Takes pictures until one has what is wanted; fails with what the last one has there. */
export async function untilShown<T>(lab: Lab, look: (picture: HostPicture) => T, wanted: T, head = 0): Promise<void> {
  const start = performance.now();
  for (;;) {
    const seen = look(await HostPicture.take(lab, head));
    try {
      assert.deepEqual(seen, wanted);
      return;
    } catch (error) {
      if (performance.now() - start > patienceMs) throw error;
      await sleep(100);
    }
  }
}
