/** Guest memory over files that hold it: what is taken becomes a dma-buf where the host can make one. */
import { NEVER, type Observable } from 'rxjs';
import { GuestheadError } from '../../../errors.js';
import { loadNative, type Native } from '../../../native/index.js';
import type { PageRun } from '../../protocol/fields.js';
import type { GuestEvent, GuestMemory, GuestPages } from '../guest-memory.js';
import type { GuestRam } from './guest-ram.js';
import { dmabufPages, mappedPages, type PagesNative } from './pages.js';
import { piecesOf } from './runs.js';
import { whyNoDmabuf } from './udmabuf-rules.js';

export type MemoryNative = PagesNative & Pick<Native, 'sealsOf'>;

export class RamMemory implements GuestMemory {
  readonly kind: 'dma-buf' | 'mapping';
  readonly whyMapped: string | undefined;
  #ram: GuestRam | undefined;
  #isSuspended = false;

  /** Owns the files of `ram`; `onClose` ends what it was learnt from. */
  constructor(
    ram: GuestRam,
    readonly events$: Observable<GuestEvent> = NEVER,
    private readonly onClose: () => void = () => undefined,
    private readonly native: MemoryNative = loadNative(),
  ) {
    this.#ram = ram;
    this.whyMapped = whyNoDmabuf(ram.files, native);
    this.kind = this.whyMapped === undefined ? 'dma-buf' : 'mapping';
  }

  get ram(): GuestRam {
    if (this.#ram === undefined) throw new GuestheadError('ERR_CLOSED', 'The guest’s memory is closed');
    return this.#ram;
  }

  /** Where things lie may have changed: nothing is taken before it is known again. */
  suspend(): void {
    this.#isSuspended = true;
  }

  /** Owns its files in place of the old ones'; after `close` it gives them back at once. */
  replace(ram: GuestRam): void {
    const old = this.#ram;
    if (old === undefined) release(ram);
    else {
      this.#ram = ram;
      this.#isSuspended = false;
      release(old);
    }
  }

  take(runs: readonly PageRun[], bytes: bigint): GuestPages {
    const { ranges, files } = this.ram;
    if (this.#isSuspended)
      throw new GuestheadError('ERR_SYSTEM', 'Where the guest’s memory lies is being learnt anew: export it again');
    const pieces = piecesOf(ranges, runs, bytes);
    return (this.kind === 'dma-buf' ? dmabufPages : mappedPages)(files, pieces, this.native);
  }

  close(): void {
    if (this.#ram === undefined) return;
    release(this.#ram);
    this.#ram = undefined;
    this.onClose();
  }
}

function release({ files }: GuestRam): void {
  for (const file of files) file.release();
}
