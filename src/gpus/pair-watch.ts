/** What a pair of GPUs hears from outside: uevents, a host that paused the machine, a host that refused a command. */
import { PauseWatch, type DrmUevent, type HostRefusal, type Kernel } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { Owner } from '../owner.js';
import type { OpenGpus } from './open-gpus.js';
import { Suspicions } from './loss.js';
import type { GpuRole, PairChange } from './pair-change.js';

/** The pair, as far as it is told. */
interface Watched {
  readonly latest: OpenGpus;
  tell(change: PairChange): void;
  lose(role: GpuRole): boolean;
  lookNow(): void;
}

/** Source: KERNEL.md, "QEMU host". */
const refusalAdvice =
  'on the host raise list_limit and size_limit_mb in /sys/module/udmabuf/parameters, give the guest a memory-backend-memfd with share=on, and keep the buffers out of the GPU’s VRAM';

export class PairWatch {
  readonly #owner = new Owner();
  readonly #pauses: PauseWatch;
  readonly #suspicions: Suspicions;

  constructor(
    private readonly pair: Watched,
    kernel: Kernel,
  ) {
    this.#pauses = new PauseWatch(this.#onPause);
    this.#suspicions = new Suspicions((role) => pair.lose(role));
    this.#owner.guard(() => {
      this.#owner.own(this.#pauses);
      this.#owner.own(this.#suspicions);
      this.#owner.defer(watchUevents(kernel, this.#onUevent));
      this.#owner.defer(kernel.watchHostRefusals(this.#onRefusal));
    });
  }

  /** Looks now, and not only in a few seconds, whether the host paused the machine. */
  async checkPause(): Promise<void> {
    await this.#pauses.check();
  }

  /** Nothing is heard afterwards. Idempotent. */
  close(): void {
    this.#owner.close();
  }

  readonly #onPause = (seconds: number): void => {
    const what = `The machine stood still for about ${seconds} s`;
    const advice = 'the host paused or suspended it; flips go on by themselves';
    this.pair.tell({ kind: 'fault', fault: new GuestheadError('ERR_HOST_PAUSED', what, { advice }) });
  };

  readonly #onRefusal = ({ commandName, responseName }: HostRefusal): void => {
    const fault = new GuestheadError('ERR_HOST_REFUSED', `The host refused ${commandName} with ${responseName}`, {
      device: this.pair.latest.display.node.path,
      operation: commandName,
      advice: refusalAdvice,
    });
    this.pair.tell({ kind: 'fault', fault });
  };

  readonly #onUevent = (event: DrmUevent): void => {
    const { display, render } = this.pair.latest;
    if (event.kind === 'overflow') this.pair.tell({ kind: 'hotplug' });
    else if (event.kind === 'added') this.pair.lookNow();
    else if (event.kind === 'hotplug' && event.node === display.found.primary) this.pair.tell({ kind: 'hotplug' });
    else if (event.kind === 'removed' && event.node === display.found.primary) this.#suspicions.raise('display');
    else if (event.kind === 'removed' && event.node === render.found.primary) this.#suspicions.raise('render');
  };
}

/** Without uevents, as in a container, hotplug goes unseen; losses show in the commits. */
function watchUevents(kernel: Kernel, onEvent: (event: DrmUevent) => void): () => void {
  try {
    return kernel.watchUevents(onEvent);
  } catch {
    return () => undefined;
  }
}
