/** `guesthead run --report FILE.html`: records the run's frames, and writes the page at its end. */
import type { Observable } from 'rxjs';
import type { Drawn, Gl } from '../gl/index.js';
import type { Head } from '../head/index.js';
import { loadNative } from '../native/index.js';
import {
  GlRecording,
  OutputFile,
  Recording,
  machineFacts,
  reportPage,
  type MachineFact,
  type ReportedHead,
} from '../report/index.js';

/** What a probe reads; the trials are not for a machine on which a head is still open. */
export async function probedFacts(): Promise<MachineFact[]> {
  const { readChecks } = await import('../probe/index.js');
  return readChecks().flatMap(({ id: group, checks }) =>
    checks.map(({ id, status, found }) => ({ id: id.startsWith(group) ? id : `${group}: ${id}`, status, found })),
  );
}

/** Of a `FinishedRun`; who imports this file knows that, and imports go one way. */
interface ReportedRun extends Omit<ReportedHead, 'recording'> {
  readonly head: Head;
}

/** Rejects with ERR_USAGE or ERR_SYSTEM where the file could not be written. */
export async function observeForReport(path: string): Promise<ReportObserver> {
  return new ReportObserver(await OutputFile.at(path));
}

export class ReportObserver {
  readonly #recordings = new Map<Head, Recording>();
  #gpu: GlRecording | undefined;

  constructor(private readonly file: OutputFile) {}

  begin(heads: readonly Head[], gl$?: Observable<Gl>): void {
    this.#gpu = gl$ === undefined ? undefined : new GlRecording(gl$, loadNative());
    for (const head of heads) this.#recordings.set(head, new Recording(head));
  }

  drawn(drawing: Drawn, calledAt: number): void {
    this.#gpu?.drawn(drawing, calledAt);
  }

  async end(runs: readonly ReportedRun[]): Promise<void> {
    this.close(); // what flips while the page is made is no part of the run
    const page = reportPage({
      heads: runs.flatMap((run) => this.#reportedHead(run)),
      facts: [...machineFacts(runs.map(({ result }) => result)), ...(await probedFacts())],
      madeAt: new Date(),
      gpu: this.#gpu,
    });
    await this.file.write(page);
    process.stderr.write(`report: ${this.file.path}\n`);
  }

  close(): void {
    this.#gpu?.stop();
    for (const recording of this.#recordings.values()) recording.stop();
  }

  #reportedHead({ head, ...run }: ReportedRun): ReportedHead[] {
    const recording = this.#recordings.get(head);
    return recording === undefined ? [] : [{ recording, ...run }];
  }
}
