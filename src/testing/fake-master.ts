/** Which open file of the fake display is DRM master. */
export class FakeMaster {
  #holder: object | undefined;

  /** The first to open a display without a master is its master. */
  opened(file: object): void {
    this.#holder ??= file;
  }

  isHeldBy(file: object): boolean {
    return this.#holder === file;
  }

  /** Whether it is granted. */
  grant(file: object): boolean {
    this.#holder ??= file;
    return this.#holder === file;
  }

  drop(file: object): void {
    if (this.#holder === file) this.#holder = undefined;
  }

  /** Whatever the one before thinks of it. */
  force(file: object): void {
    this.#holder = file;
  }
}
