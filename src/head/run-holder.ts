/** What a head shows at the moment: the stream of its flips, or a program's own presents; one of them at a time. */
import { coded, GuestheadError } from '../errors.js';
import { HeadRun, type RunContext } from './head-run.js';

export class RunHolder {
  #run: HeadRun | undefined;
  #source: RunContext['source'] | undefined;

  constructor(private readonly report: (fault: GuestheadError) => void) {}

  get run(): HeadRun | undefined {
    return this.#run;
  }

  /** Nothing is shown before the run is started. Throws ERR_USAGE where there is one. */
  open(context: RunContext, onEnd: () => void = () => undefined): HeadRun {
    this.assertFree();
    const run = new HeadRun(context);
    this.#run = run;
    this.#source = context.source;
    if (context.source.kind === 'draw')
      context.source.subscriber.add(() => {
        this.#end(run);
        onEnd();
      });
    return run;
  }

  /** Throws ERR_USAGE where something is shown. */
  assertFree(): void {
    if (this.#run === undefined) return;
    throw new GuestheadError(
      'ERR_USAGE',
      this.#run.direct ? 'The head is presented to by acquire() and present()' : 'The head is already flipping',
      { advice: 'use either flips() or acquire() and present(), and one subscription at a time' },
    );
  }

  /** The stream completes; a program's own presents end. Does nothing where there is neither. */
  complete(): void {
    if (this.#source?.kind === 'draw') this.#source.subscriber.complete();
    else if (this.#run !== undefined) this.#end(this.#run);
  }

  /** The stream fails; a program hears of it as a fault, and may present on. */
  fail(error: unknown): void {
    const known = coded(error);
    if (this.#source?.kind === 'draw') this.#source.subscriber.error(known);
    else if (known instanceof GuestheadError) this.report(known);
  }

  #end(run: HeadRun): void {
    if (this.#run !== run) return;
    this.#run = undefined;
    this.#source = undefined;
    run.stop();
  }
}
