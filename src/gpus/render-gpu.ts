/** The device that allocates, and draws. Where a thread hangs in its driver, the node is opened anew beside that. */
import type { Allocator, Chosen, DrmDevice, GpuNode, Kernel, Selected } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { Owner, type Closable } from '../owner.js';
import { opener } from './given-nodes.js';

/** GL on a render GPU, as far as its pair and its heads know of it. */
export interface OpenedGl extends Closable {
  /** How long ago its driver had a job, ms; 0 while it has one. */
  readonly idleMs: number;
  /** GL_RENDERER, and how the end of a drawing is told where nothing else is asked for; undefined while GL is not open. */
  readonly driver: { readonly renderer: string; readonly fence: 'native' | 'finish' } | undefined;
}

/** What is opened together. */
interface Opened {
  readonly node: GpuNode;
  readonly gbm: Allocator;
  readonly owner: Owner;
}

/** How long nobody waits for a driver that may never come back. */
const patienceMs = 2_000;

export class RenderGpu {
  /** Closes GL, the buffers that are still open, and the node. */
  readonly owner = new Owner();
  readonly found: DrmDevice;
  readonly chosen: Chosen | undefined;
  /** Mesa's name of its driver's back end. */
  readonly backend: string;
  /** Closed with the GPU, before the GBM device. */
  gl: OpenedGl | undefined;
  #hangs = false;
  #closed = false;
  #renewing: Promise<void> | undefined;

  private constructor(
    { device, chosen }: Selected,
    private readonly openAgain: () => Promise<Opened>,
    private opened: Opened,
  ) {
    this.found = device;
    this.chosen = chosen;
    this.backend = opened.gbm.backendName;
    this.owner.defer(() => this.opened.owner.close());
    this.owner.defer(() => this.gl?.close());
    this.owner.defer(() => void (this.#closed = true));
  }

  /** `given`: a descriptor of the caller's in place of the node's path. Nothing stays open where it rejects. */
  static async open(selected: Selected, kernel: Kernel, given?: number): Promise<RenderGpu> {
    const open = () => openNode(selected.node, kernel, given);
    return new RenderGpu(selected, open, await open());
  }

  get node(): GpuNode {
    return this.opened.node;
  }

  /** While a thread hangs in the driver, everything of it throws ERR_GL_TIMEOUT. */
  get gbm(): Allocator {
    return this.opened.gbm;
  }

  /** A thread hangs in the driver: nothing calls that any more, and what is asked for next is asked of another. */
  abandon(): void {
    if (this.#hangs || this.#closed) return;
    this.#hangs = true;
    this.gbm.abandon();
    this.#renew().catch(() => undefined); // whoever needs it asks again, and hears why
  }

  /**
   * Resolves once the driver can be called: at once, unless a thread hangs in it. Rejects with what the opening of the node
   * does, and with ERR_GL_TIMEOUT where that does not come back either.
   */
  async answering(mostMs = patienceMs): Promise<void> {
    if (this.#hangs) await within(mostMs, this.#renew(), () => this.#held());
  }

  #renew(): Promise<void> {
    this.#renewing ??= this.#openBeside().finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  /** The one before is closed, but for what the thread that hangs uses. */
  async #openBeside(): Promise<void> {
    const opened = await this.openAgain();
    if (this.#closed) {
      opened.owner.close();
      return;
    }
    const before = this.opened;
    this.opened = opened;
    this.#hangs = false;
    before.owner.close();
  }

  #held(): GuestheadError {
    return new GuestheadError('ERR_GL_TIMEOUT', 'The GPU’s driver still holds the job that it hangs in', {
      device: this.node.path,
      advice: 'draw with the CPU, or try again later: `dmesg` tells whether the kernel has reset the GPU',
    });
  }
}

async function openNode(path: string, kernel: Kernel, given: number | undefined): Promise<Opened> {
  const owner = new Owner();
  return owner.guardAsync(async () => {
    const node = owner.own(opener(kernel, given)(path));
    if (!node.canExport())
      throw new GuestheadError('ERR_UNSUPPORTED', `${node.driver} cannot export dma-bufs`, {
        device: node.path,
        advice: 'choose another device with --render or --display',
      });
    const gbm = owner.own(await kernel.createGbm(node));
    return { node, gbm, owner };
  });
}

async function within(ms: number, work: Promise<void>, otherwise: () => GuestheadError): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(otherwise()), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
