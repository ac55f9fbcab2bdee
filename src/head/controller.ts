/**
 * What becomes of a head: the connector that it has claimed and the buffers that it shows
 * there. Both change with the host and the program, one change after the other: a hotplug, a mode, a buffer
 * that is refused, a device that goes and comes back.
 */
import { rungsOf, type PathName, type Refusal } from '../buffer/index.js';
import { GuestheadError } from '../errors.js';
import type { Mode } from '../ffi/index.js';
import type { GpuPair, PairChange } from '../gpus/index.js';
import { chooseMode, modeAgain, type ModeRequest } from '../kms/index.js';
import { Alarm, monotonicClock } from '../loop/index.js';
import { closeQuietly, quietly } from '../owner.js';
import { openBufferSet, type BufferSet } from './buffer-set.js';
import { ChangeQueue } from './change-queue.js';
import { claimAgain, type Claim } from './claim.js';
import { ConnectorWatch, type ConnectorAction } from './connector-watch.js';
import type { HeadCursor } from './head-cursor.js';
import { HeadFaults } from './head-faults.js';
import { StateTracker } from './head-state.js';
import type { CheckedHeadOptions } from './options.js';
import { Replacement } from './replacement.js';
import type { RunHolder } from './run-holder.js';
import { ScreenKeeper } from './screen-keeper.js';

export interface ControllerParts {
  readonly pair: GpuPair;
  readonly options: CheckedHeadOptions;
  /** Started again on what follows, paused meanwhile, or ended. */
  readonly runs: RunHolder;
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
  readonly #state: StateTracker;
  readonly #faults: HeadFaults;
  readonly #changes: ChangeQueue;
  readonly #screen: ScreenKeeper;

  /** Owns the claim and the set from now on. */
  constructor(
    private readonly parts: ControllerParts,
    claim: Claim,
    set: BufferSet,
  ) {
    const { pair, options, report, runs } = parts;
    this.#claim = claim;
    this.#changes = new ChangeQueue((error) => this.#faults.ofChange(error));
    this.#sets = new Replacement(set, {
      start: () => this.start(),
      open: (mode, paths, refused) => this.#open(mode, paths, refused),
      retire: (old) => {
        if (runs.run === undefined) closeQuietly(old.owner);
        else runs.run.retire(old);
      },
      wanted: options.path,
      report,
    });
    this.#connector = new ConnectorWatch(claim.pipe.connector.id);
    this.#state = new StateTracker(set.mode);
    this.#faults = new HeadFaults({
      ...{ pair, runs, report, sets: this.#sets, changes: this.#changes },
      isLost: () => this.#lost,
      start: () => this.start(),
    });
    const claimed = () => this.#claim;
    this.#screen = new ScreenKeeper(claimed, runs, this.#state, () => parts.cursor.close());
  }

  /** Where the head is, or was while its display is lost. */
  get claim(): Claim {
    return this.#claim;
  }

  get sets(): Pick<Replacement, 'current' | 'bytesCopied' | 'settled'> {
    return this.#sets;
  }

  get state(): Pick<StateTracker, 'state$' | 'has'> {
    return this.#state;
  }

  get faults(): Pick<HeadFaults, 'ofLoop'> {
    return this.#faults;
  }

  get closed(): boolean {
    return this.#changes.ended;
  }

  /** Throws ERR_DEVICE_LOST where the display is gone for good. */
  assertComing(): void {
    if (this.#lost && !this.parts.pair.reopens) this.parts.pair.assertOpen();
  }

  /** Shows frames on the current set, or does so once there is a connector and a device again. */
  start(): 'drawn' | 'presented' | 'nothing' {
    const { run } = this.parts.runs;
    const away = this.#lost || this.parts.pair.paused || this.#connector.unplugged || this.#state.has('off');
    if (run === undefined || away) return 'nothing';
    run.start(this.#claim, this.#sets.current);
    this.#state.changeMode(this.#sets.current.mode);
    return run.direct ? 'presented' : 'drawn';
  }

  /** What the pair told. */
  onChange(change: PairChange): void {
    if (change.kind === 'fault') this.#faults.ofHost(change.fault);
    else if (change.kind === 'lost') this.#onLost(change.fault);
    else if (change.kind === 'back') void this.#changes.run(() => this.#comeBack());
    else if (change.kind === 'paused') this.#onPaused();
    else if (change.kind === 'resumed') this.#onResumed();
    else void this.#changes.run(() => this.#onHotplug());
  }

  onMaster(isOurs: boolean): void {
    this.#state.set('waiting for master', !isOurs);
    if (isOurs) this.parts.cursor.showAgain();
  }

  /** Tries the better buffer paths; resolves when done. */
  upgrade(): Promise<void> {
    return this.#changes.run(async () => {
      if (!this.#lost && !this.parts.pair.paused) await this.#sets.upgrade();
    });
  }

  /** Shows this mode from the next frame on, also where it was turned off. Rejects with ERR_NO_MODE, or why there are no buffers for it. */
  setMode(wanted: ModeRequest | undefined): Promise<void> {
    return this.#changes.asked(async () => {
      this.parts.pair.assertOpen();
      const mode = chooseMode(this.#connector.ask(this.#claim.display.node), wanted);
      await this.#state.during(async () => {
        this.#state.set('off', false);
        await this.#follow(mode);
      });
    });
  }

  /** Shows nothing until `setMode`. A display that is lost or left to others is turned off when it is had again. */
  off(): Promise<void> {
    return this.#changes.asked(() => {
      try {
        this.#screen.off(!this.#lost && !this.parts.pair.paused);
      } catch (error) {
        if (!this.#faults.isLoss(error)) this.start();
        throw error;
      }
    });
  }

  /** No change begins any more; resolves once the one under way has ended. */
  end(): Promise<void> {
    this.#settling.cancel();
    this.#faults.cancel();
    return this.#changes.end();
  }

  /** After `end`, which need not have resolved: closes the buffers and gives the connector up. */
  close(): void {
    this.#screen.close();
    this.#sets.close();
    this.#claim.release();
    this.#state.close();
  }

  get #lost(): boolean {
    return this.#state.has('lost');
  }

  /** Leaves nothing open where the device is lost, or the head is closed, meanwhile. */
  async #open(mode: Mode, paths: readonly PathName[], refused?: readonly Refusal[]): Promise<BufferSet> {
    const claimed = this.#claim;
    try {
      const set = await openBufferSet(claimed, mode, paths, this.parts.options, refused);
      if (!this.#lost && !this.#changes.ended) return set;
      closeQuietly(set.owner);
    } catch (error) {
      if (!this.#faults.isLoss(error)) throw error;
    }
    throw new GuestheadError('ERR_DEVICE_LOST', 'The device went while its buffers were made');
  }

  #onLost(fault: GuestheadError): void {
    if (this.#lost) return;
    this.#state.set('lost', true);
    const { runs, cursor, pair, report } = this.parts;
    quietly(() => runs.run?.pause('lost'));
    closeQuietly(cursor);
    if (pair.reopens) report(fault);
    else runs.fail(fault);
    this.#sets.close();
  }

  /** A head that cannot come back stays lost. */
  async #comeBack(): Promise<void> {
    await this.#state.during(async () => {
      try {
        this.#state.set('lost', false);
        await this.#reopen();
      } catch (error) {
        const again = this.#faults.isLoss(error); // gone once more meanwhile
        this.#state.set('lost', true);
        if (!again) this.parts.runs.fail(error);
      }
    });
  }

  /** The same connector of the device that came back; one that the host closed meanwhile is waited for. */
  async #reopen(): Promise<void> {
    const { pair, options } = this.parts;
    this.#claim = claimAgain(pair, this.#claim);
    const { connector } = this.#claim.pipe;
    const { mode: wanted, onResize, path } = options;
    await this.#act(this.#connector.cameBack(connector, onResize));
    const mode = modeAgain(connector, wanted, this.#sets.current.mode, onResize === 'keep');
    this.#sets.adopt(await this.#open(mode, rungsOf(path)));
    if (!this.#screen.staysOff()) this.start();
  }

  #onPaused(): void {
    this.#state.set('waiting for master', true);
    this.parts.runs.run?.pause('paused');
  }

  /** At once: a change that was under way may wait for a frame. Then for what the host did meanwhile. */
  #onResumed(): void {
    this.onMaster(true);
    try {
      if (!this.#screen.staysOff()) this.start();
    } catch (error) {
      this.#faults.end(error);
    }
    void this.#changes.run(() => this.#onHotplug());
  }

  /** A display that is left to others is looked at when it is had again: nothing could be tried on it. */
  async #onHotplug(): Promise<void> {
    if (this.#lost || this.parts.pair.paused) return;
    const { pair, options } = this.parts;
    const { node } = pair.gpus.display;
    await this.#act(this.#connector.look(node, options.onResize, this.#sets.current.mode));
  }

  async #act({ action, mode, fault, unsettled }: ConnectorAction): Promise<void> {
    const { report, runs } = this.parts;
    if (fault !== undefined) report(fault);
    if (unsettled === true) this.#settling.start(settleMs, this.#lookAgain);
    this.#state.set('unplugged', this.#connector.unplugged);
    if (action === 'stop') runs.complete();
    if (action === 'blank') runs.run?.blank('unplugged', this.#screen.restore);
    if (action === 'show' && mode !== undefined) await this.#follow(mode);
  }

  readonly #lookAgain = (): void => {
    this.onChange({ kind: 'hotplug' });
  };

  /** Where the new size cannot be had, the old one stays. */
  async #follow(mode: Mode): Promise<void> {
    if (!mode.raw.equals(this.#sets.current.mode.raw)) await this.#sets.resize(mode);
    else if (this.parts.runs.run?.running === false) this.start();
    this.#state.changeMode(this.#sets.current.mode);
  }
}
