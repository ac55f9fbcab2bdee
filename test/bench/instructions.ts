/**
 * `npm run bench -- --instructions`: what a frame costs each program in instructions of the guest's processor, of which QEMU keeps
 * count. What else the host does is no part of it, as it is of times of an emulated processor.
 */
import { Lab } from '../../src/lab/index.js';
import { guesthead } from './clients.js';
import { table } from './figures.js';
import { buildFrames, kioskWith } from './frames.js';
import type { Say } from './sections.js';
import { flipping, sharing, size } from './transfer.js';
import { countFlips, Running, type Client } from './window.js';

/** Of the guest: by then V8 has compiled what a frame runs through, in a program that runs for months (after 80 s it still did, in `run`). */
const [warmUpSeconds, windowSeconds] = [120, 30];
/** Of a lab that counts: 4 ns each. */
const instructionsPerMs = 250_000;

export async function measureInstructions(say: Say): Promise<string[]> {
  const lab = await Lab.boot({ size, memory: '4G', input: true, transfer: true, countInstructions: true });
  try {
    await countFlips(lab);
    const plain = guesthead('guesthead run, nothing drawn', ['--mode', '1920x1080@60', '--pattern', 'none']);
    const kiosk = { ...kioskWith([buildFrames(), '3600']), name: 'guesthead kiosk, a client’s frames' };
    const rows: string[][] = [];
    for (const client of [plain, kiosk, flipping, sharing]) {
      const thousands = await instructionsOfEach(lab, client, client === sharing);
      say(`${client.name}: ${thousands} thousand instructions a frame`);
      rows.push([client.name, thousands]);
    }
    return table([`of one frame, after ${warmUpSeconds} s`, 'instructions, thousands'], rows);
  } finally {
    await lab.close();
  }
}

/** The kernel counts flips; pictures for the host go by the guest's own clock. */
async function instructionsOfEach(lab: Lab, client: Client, isTimed: boolean): Promise<string> {
  const running = await Running.start(lab, { ...client, warmUpSeconds });
  try {
    const { flips, seconds, cpuMs } = await running.use(windowSeconds);
    const frames = isTimed ? seconds * size.hz : flips;
    return ((cpuMs * instructionsPerMs) / frames / 1000).toFixed(0);
  } finally {
    await running.end();
  }
}
