/** The process's CPU time over the flips of all its heads. */
export class CpuMeter {
  #flips = 0;

  /** Of any head, warm-up included. */
  countFlip(): void {
    this.#flips++;
  }

  /** From now on. */
  start(): CpuSpan {
    return new CpuSpan(this, process.cpuUsage(), this.#flips);
  }

  get flips(): number {
    return this.#flips;
  }
}

/** What was used since the span began, until it is stopped. */
export class CpuSpan {
  constructor(
    private readonly meter: CpuMeter,
    private readonly usage: NodeJS.CpuUsage,
    private readonly flips: number,
  ) {}

  /** User and system time of all threads, ms. */
  msPerFlip(): number {
    const { user, system } = process.cpuUsage(this.usage);
    const flips = this.meter.flips - this.flips;
    return flips === 0 ? 0 : (user + system) / 1000 / flips;
  }
}
