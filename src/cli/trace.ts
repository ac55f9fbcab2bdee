/** `guesthead run --trace`: written when the run ends, however it ends. */
import type { Observable } from 'rxjs';
import type { Drawn, Gl } from '../gl/index.js';
import type { Head } from '../head/index.js';
import { loadNative } from '../native/index.js';
import { GlRecording } from '../report/index.js';
import { RunTrace, type TraceVerdict } from '../report/trace/index.js';

/** A `RunObserver`. */
export class TraceObserver {
  #trace: RunTrace | undefined;
  #gpu: GlRecording | undefined;

  /** Throws ERR_USAGE where the trace could not be written. */
  constructor(private readonly file: string) {
    RunTrace.check(file);
  }

  begin(heads: readonly Head[], gl$?: Observable<Gl>): void {
    this.#gpu = gl$ === undefined ? undefined : new GlRecording(gl$, loadNative());
    this.#trace = new RunTrace(this.file, heads, {
      gpu: () => this.#gpu,
      say: (line) => {
        process.stderr.write(`${line}\n`);
      },
    });
  }

  drawn(drawing: Drawn, calledAt: number): void {
    this.#gpu?.drawn(drawing, calledAt);
  }

  end(runs: readonly { readonly result: TraceVerdict }[]): void {
    this.#trace?.finish(runs.map(({ result }) => result));
  }

  /** Of a run that broke off. */
  close(): void {
    this.#gpu?.stop();
    this.#trace?.finish();
  }
}
