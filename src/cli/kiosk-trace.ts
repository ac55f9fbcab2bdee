/** `kiosk --trace`: written when the kiosk ends, however it ends. */
import type { Kiosk } from '../kiosk/index.js';
import { loadNative } from '../native/index.js';
import { KioskGpuRecording, KioskRecording } from '../report/kiosk/index.js';
import { RunTrace } from '../report/trace/index.js';

/** A `KioskObserver`. */
export class KioskTrace {
  #trace: RunTrace | undefined;
  #recording: KioskRecording | undefined;
  #gpu: KioskGpuRecording | undefined;

  /** Throws ERR_USAGE where the trace could not be written. */
  constructor(private readonly file: string) {
    RunTrace.check(file);
  }

  begin(kiosk: Kiosk): void {
    const recording = new KioskRecording(kiosk);
    const gpu = new KioskGpuRecording(kiosk, loadNative());
    [this.#recording, this.#gpu] = [recording, gpu];
    const heads = kiosk.heads.map(({ head }) => head);
    const say = (line: string) => {
      process.stderr.write(`${line}\n`);
    };
    this.#trace = new RunTrace(this.file, heads, { kiosk: recording, gpu: () => gpu.recorded, say });
  }

  end(): void {
    this.#recording?.stop();
    this.#gpu?.stop();
    this.#trace?.finish();
  }

  close(): void {
    this.end();
  }
}
