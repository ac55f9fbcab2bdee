/** The changes of a head's claim or buffers: one after the other. */
type Act = () => Promise<void> | void;

export class ChangeQueue {
  #last: Promise<void> = Promise.resolve();
  #ended = false;

  /** `onFailure` gets what a change fails with that nobody asked for. */
  constructor(private readonly onFailure: (error: unknown) => void) {}

  get ended(): boolean {
    return this.#ended;
  }

  /** Runs after the changes before it; resolves when it has ended, however. */
  run(act: Act): Promise<void> {
    this.#last = this.#last.then(async () => {
      if (this.#ended) return;
      try {
        await act();
      } catch (error) {
        this.onFailure(error);
      }
    });
    return this.#last;
  }

  /** The same for one that the program asked for: it is told how it ended. */
  async asked(act: Act): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    await this.run(async () => {
      try {
        await act();
      } catch (error) {
        failure = { error };
      }
    });
    if (failure !== undefined) throw failure.error;
  }

  /** No change begins any more; resolves once the one under way has ended. */
  end(): Promise<void> {
    this.#ended = true;
    return this.#last;
  }
}
