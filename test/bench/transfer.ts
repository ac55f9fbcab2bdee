/** What handing a picture to the host costs beside showing it on a head: one boot, in turns, the same picture drawn in the same way. */
import assert from 'node:assert/strict';
import { Lab } from '../../src/lab/index.js';
import { openBroker, openGuestMemory, type Broker } from '../../src/transfer/index.js';
import { compiledSeconds, guesthead } from './clients.js';
import type { Say } from './sections.js';
import { countFlips, Running } from './window.js';

/** CPU time of the guest's whole process for one picture, ms; one round's. */
export interface Shared {
  readonly flipMs: number;
  readonly exportMs: number;
}

export const size = { width: 1920, height: 1080, hz: 60 };
const pattern = ['--pattern', 'counter'];
export const flipping = guesthead('guesthead run', ['--mode', '1920x1080@60', ...pattern]);
export const sharing = {
  name: 'guesthead share',
  command: ['guesthead', 'share', '--rate', '60', '--seconds', '3600', '--json', ...pattern],
};

/** `warmUpSeconds`: before each window, for the code to be compiled. */
export async function sharedInTurn(
  rounds: number,
  seconds: number,
  say: Say,
  warmUpSeconds = compiledSeconds,
): Promise<Shared[]> {
  const lab = await Lab.boot({ size, transfer: true, broker: false });
  try {
    await countFlips(lab);
    const received = await Received.open(lab);
    const taken: Shared[] = [];
    for (let round = 1; round <= rounds; round++) {
      const flipMs = await whileRunning(lab, { ...flipping, warmUpSeconds }, async (running) => {
        return (await running.sample(seconds)).cpuMsPerFlip;
      });
      const exportMs = await whileRunning(lab, { ...sharing, warmUpSeconds }, (running) =>
        received.cpuMsOfEach(() => running.use(seconds)),
      );
      taken.push({ flipMs, exportMs });
      const ratio = (exportMs / flipMs).toFixed(2);
      say(
        `round ${round} of ${rounds}: ${flipMs.toFixed(2)} ms CPU a flip, ${exportMs.toFixed(2)} an export: ${ratio}`,
      );
    }
    received.close();
    return taken;
  } finally {
    await lab.close();
  }
}

async function whileRunning(
  lab: Lab,
  client: Parameters<typeof Running.start>[1],
  measure: (running: Running) => Promise<number>,
): Promise<number> {
  const running = await Running.start(lab, client);
  try {
    return await measure(running);
  } finally {
    await running.end();
  }
}

/** A consumer that releases at once, and counts. */
class Received {
  #count = 0;

  private constructor(private readonly broker: Broker) {
    broker.consumer('the bench').buffers$.subscribe((buffer) => {
      this.#count++;
      buffer.release();
    });
  }

  static async open({ files }: Lab): Promise<Received> {
    const memory = () => openGuestMemory({ qmp: files.brokerQmp });
    return new Received(await openBroker({ memory, port: files.transfer, listen: files.broker }));
  }

  /** The guest's clock and this one begin and end a window at slightly different moments: it is the rate that is counted. */
  async cpuMsOfEach(use: () => Promise<{ readonly cpuMs: number; readonly seconds: number }>): Promise<number> {
    const [before, from] = [this.#count, performance.now()];
    const { cpuMs, seconds } = await use();
    const count = this.#count - before;
    assert.ok(count > 0, 'nothing was exported');
    const perSecond = (count * 1000) / (performance.now() - from);
    return cpuMs / (perSecond * seconds);
  }

  close(): void {
    this.broker.close();
  }
}
