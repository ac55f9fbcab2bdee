/** The stream of a head's flips: subscribed to once at a time, ended by the subscriber or the head. */
import { coded, GuestheadError } from '../errors.js';
import { FlipRun, type RunContext } from './flip-run.js';

export class FlipStream {
  #run: FlipRun | undefined;
  #subscriber: RunContext['subscriber'] | undefined;

  /** The subscription, or undefined where nobody is subscribed. */
  get run(): FlipRun | undefined {
    return this.#run;
  }

  /** Nothing flips before the run is started. Throws ERR_USAGE where somebody is subscribed. */
  open(context: RunContext, onEnd: () => void): void {
    if (this.#run !== undefined) throw new GuestheadError('ERR_USAGE', 'The head is already flipping');
    const run = new FlipRun(context);
    this.#run = run;
    this.#subscriber = context.subscriber;
    this.#subscriber.add(() => {
      this.#run = undefined;
      run.stop();
      onEnd();
    });
  }

  /** Does nothing where the stream has ended, as `fail` does. */
  complete(): void {
    this.#subscriber?.complete();
  }

  fail(error: unknown): void {
    this.#subscriber?.error(coded(error));
  }
}
