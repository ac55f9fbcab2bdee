/**
 * A head's presence on its display: the connector it has claimed and the session that it
 * shows there. Both change with the host, one change after the other: a hotplug, a buffer
 * that is refused, a device that goes and comes back.
 */
import { rungsOf } from '../buffer/index.js';
import { classifyErrno, errnoOf, GuestheadError } from '../errors.js';
import type { Mode } from '../ffi/index.js';
import { Alarm, monotonicClock } from '../loop/index.js';
import { ConnectorWatch, type ConnectorAction } from './connector-watch.js';
import type { FlipStream } from './flip-stream.js';
import type { HeadCursor } from './head-cursor.js';
import { modeAgain } from '../kms/index.js';
import type { CheckedHeadOptions } from './options.js';
import { claimAgain, type Claim } from './claim.js';
import { openBufferSet, type BufferSet } from './buffer-set.js';
import { Replacement } from './replacement.js';
import type { PairChange, GpuPair } from '../gpus/index.js';

export interface ControllerParts {
  readonly pair: GpuPair;
  readonly options: CheckedHeadOptions;
  /** Started again on what follows, paused meanwhile, or ended. */
  readonly stream: FlipStream;
  /** Closed where its display is lost. */
  readonly cursor: HeadCursor;
  /** Gets what went wrong without ending the stream. */
  readonly report: (fault: GuestheadError) => void;
}

/** For a kernel that is in between two of the host's changes. */
const settleMs = 500;

export class HeadController {
  #claim: Claim;
  readonly #sets: Replacement;
  readonly #connector: ConnectorWatch;
  readonly #settling = new Alarm(monotonicClock);
  /** Changes of place or session, one after the other. */
  #changing: Promise<void> = Promise.resolve();
  #lost = false;
  #closed = false;

  /** Owns the place and the session from now on. */
  constructor(
    private readonly parts: ControllerParts,
    claim: Claim,
    set: BufferSet,
  ) {
    const { options, report } = parts;
    this.#claim = claim;
    this.#sets = new Replacement(set, {
      start: () => this.start(),
      open: (mode, paths, refused) => openBufferSet(this.#claim, mode, paths, options, refused),
      wanted: options.path,
      report,
    });
    this.#connector = new ConnectorWatch(claim.pipe.connector.id);
  }

  /** Where the head is, or was while its display is lost. */
  get claim(): Claim {
    return this.#claim;
  }

  get sets(): Pick<Replacement, 'current' | 'bytesCopied' | 'settled'> {
    return this.#sets;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Throws ERR_DEVICE_LOST where the display is gone for good. */
  assertComing(): void {
    if (this.#lost && !this.parts.pair.reopens) this.parts.pair.assertOpen();
  }

  /** Flips on the current session, or does so once there is a connector and a device again. */
  start(): boolean {
    const { run } = this.parts.stream;
    if (run === undefined || this.#lost || this.#connector.unplugged) return false;
    run.start(this.#claim, this.#sets.current);
    return true;
  }

  /** What the display told. */
  onChange(change: PairChange): void {
    if (change.kind === 'fault') this.#onFault(change.fault);
    else if (change.kind === 'lost') this.#onLost(change.fault);
    else if (change.kind === 'back') void this.#change(() => this.#comeBack());
    else void this.#change(() => this.#onHotplug());
  }

  /** The loop ended with this. */
  onLoopError(error: unknown): void {
    const errno = errnoOf(error);
    const kind = errno === undefined ? 'fatal' : classifyErrno(errno);
    const known = error instanceof GuestheadError ? error : undefined;
    if (known?.code === 'ERR_DEVICE_LOST' || kind === 'lost') this.parts.pair.lose('display', error);
    if (this.#lost || this.#sets.failed(error)) return; // whoever replaced the session decides
    if (known !== undefined && kind === 'step-down') void this.#change(() => this.#sets.stepDown(known));
    else this.parts.stream.fail(error);
  }

  /** Tries the better buffer paths; resolves when done. */
  upgrade(): Promise<void> {
    return this.#change(async () => {
      if (!this.#lost) await this.#sets.upgrade();
    });
  }

  /** No change begins any more; resolves once the one under way has ended. */
  end(): Promise<void> {
    this.#closed = true;
    this.#settling.cancel();
    return this.#changing;
  }

  /** After `end`, which need not have resolved: closes the buffers and gives the connector up. */
  close(): void {
    this.#sets.close();
    this.#claim.release();
  }

  /** Runs after the changes before it; one that fails ends the stream. */
  #change(act: () => Promise<void> | void): Promise<void> {
    this.#changing = this.#changing.then(async () => {
      if (this.#closed) return;
      try {
        await act();
      } catch (error) {
        if (!this.#lost) this.parts.stream.fail(error);
      }
    });
    return this.#changing;
  }

  /** A buffer that the host refuses is seen by nobody else: the kernel goes on as if it were shown. */
  #onFault(fault: GuestheadError): void {
    this.parts.report(fault);
    const refused = this.#sets.current;
    if (fault.code !== 'ERR_HOST_REFUSED' || !this.#sets.canStepDown()) return;
    void this.#change(async () => {
      if (this.#sets.current === refused) await this.#sets.stepDown(fault); // one step for a burst of refusals
    });
  }

  #onLost(fault: GuestheadError): void {
    if (this.#lost) return;
    this.#lost = true;
    this.parts.stream.run?.pause();
    this.parts.cursor.close();
    if (this.parts.pair.reopens) this.parts.report(fault);
    else this.parts.stream.fail(fault);
    this.#sets.close();
  }

  /** A head that cannot come back stays lost. */
  async #comeBack(): Promise<void> {
    try {
      this.#lost = false;
      await this.#reopen();
    } catch (error) {
      const again = this.#lost; // gone once more meanwhile
      this.#lost = true;
      if (!again) this.parts.stream.fail(error);
    }
  }

  /** The same connector of the device that came back; one that the host closed meanwhile is waited for. */
  async #reopen(): Promise<void> {
    const { pair, options } = this.parts;
    this.#claim = claimAgain(pair, this.#claim);
    const { connector } = this.#claim.pipe;
    const { mode: wanted, onResize, path } = options;
    await this.#act(this.#connector.cameBack(connector, onResize));
    const mode = modeAgain(connector, wanted, this.#sets.current.mode, onResize === 'keep');
    this.#sets.adopt(await openBufferSet(this.#claim, mode, rungsOf(path), options));
    this.start();
  }

  async #onHotplug(): Promise<void> {
    if (this.#lost) return;
    const { pair, options } = this.parts;
    const { node } = pair.gpus.display;
    await this.#act(this.#connector.look(node, options.onResize, this.#sets.current.mode));
  }

  async #act({ action, mode, fault, unsettled }: ConnectorAction): Promise<void> {
    const { report, stream } = this.parts;
    if (fault !== undefined) report(fault);
    if (unsettled === true) this.#settling.start(settleMs, this.#lookAgain);
    if (action === 'stop') stream.complete();
    if (action === 'blank') stream.run?.blank();
    if (action === 'show' && mode !== undefined) await this.#follow(mode);
  }

  readonly #lookAgain = (): void => {
    this.onChange({ kind: 'hotplug' });
  };

  /** Where the new size cannot be had, the old one stays. */
  async #follow(mode: Mode): Promise<void> {
    if (!mode.raw.equals(this.#sets.current.mode.raw)) await this.#sets.resize(mode);
    else if (this.parts.stream.run?.running === false) this.start();
  }
}
