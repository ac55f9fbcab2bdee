/** `kiosk --report FILE.html`: records what clients do, and writes the page at the kiosk's end. */
import type { Kiosk } from '../kiosk/index.js';
import { monotonicClock } from '../loop/index.js';
import { loadNative } from '../native/index.js';
import { kioskPage, machineFacts, OutputFile, Recording } from '../report/index.js';
import { KioskGpuRecording, KioskRecording } from '../report/kiosk/index.js';
import { probedFacts } from './report-observer.js';

/** A kiosk that is recorded. */
interface Recorded {
  readonly kiosk: Kiosk;
  readonly recording: KioskRecording;
  readonly gpu: KioskGpuRecording;
  /** Of the heads, in their order. */
  readonly frames: readonly Recording[];
  readonly fromMs: number;
}

/** A `KioskObserver`. */
export class KioskReporter {
  #recorded: Recorded | undefined;

  private constructor(private readonly file: OutputFile) {}

  /** Rejects with ERR_USAGE or ERR_SYSTEM where the file could not be written. */
  static async at(path: string): Promise<KioskReporter> {
    return new KioskReporter(await OutputFile.at(path));
  }

  begin(kiosk: Kiosk): void {
    this.#recorded = {
      kiosk,
      recording: new KioskRecording(kiosk),
      gpu: new KioskGpuRecording(kiosk, loadNative()),
      frames: kiosk.heads.map(({ head }) => new Recording(head)),
      fromMs: monotonicClock.now(),
    };
  }

  async end(how: string): Promise<void> {
    this.close(); // what flips while the page is made is no part of it
    if (this.#recorded === undefined) return;
    await this.file.write(await pageOf(this.#recorded, how));
    process.stderr.write(`report: ${this.file.path}\n`);
  }

  close(): void {
    this.#recorded?.recording.stop();
    this.#recorded?.gpu.stop();
    for (const each of this.#recorded?.frames ?? []) each.stop();
  }
}

async function pageOf({ kiosk, recording, gpu, frames, fromMs }: Recorded, ended: string): Promise<string> {
  const heads = kiosk.heads.flatMap(({ head: { info }, counts }, index) => {
    const recorded = frames[index];
    return recorded === undefined ? [] : [{ info, counts, recording: recorded }];
  });
  return kioskPage({
    ...{ heads, kiosk: recording, gpu: gpu.recorded, ended, fromMs, toMs: monotonicClock.now() },
    facts: [...machineFacts(heads.map(({ info }) => info)), ...(await probedFacts())],
    madeAt: new Date(),
  });
}
