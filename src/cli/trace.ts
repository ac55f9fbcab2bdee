/** `guesthead run --trace`: written when the run ends, however it ends. */
import type { Head } from '../head/index.js';
import { RunTrace, type TraceVerdict } from '../report/trace/index.js';

/** A `RunObserver`. */
export class TraceObserver {
  #trace: RunTrace | undefined;

  /** Throws ERR_USAGE where the trace could not be written. */
  constructor(private readonly file: string) {
    RunTrace.check(file);
  }

  begin(heads: readonly Head[]): void {
    this.#trace = new RunTrace(this.file, heads, {
      say: (line) => {
        process.stderr.write(`${line}\n`);
      },
    });
  }

  end(runs: readonly { readonly result: TraceVerdict }[]): void {
    this.#trace?.finish(runs.map(({ result }) => result));
  }

  /** Of a run that broke off. */
  close(): void {
    this.#trace?.finish();
  }
}
