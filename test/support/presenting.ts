/** A presenter on the loop's rig, and what became of each present. */
import { ImportedBuffer, type ClientBuffer } from '../../src/buffer/index.js';
import type { DmabufFd, FramebufferId } from '../../src/ffi/index.js';
import { Presenter, type Flip, type LoopOptions, type Outcome, type PresentOptions } from '../../src/loop/index.js';
import { Owner } from '../../src/owner.js';
import { HandClock, type Canvas, type Rig } from './loop-rig.js';

/** Stands in for an imported buffer: a presenter only hands it on. */
export function clientBuffer(): ClientBuffer {
  const layout = { width: 64, height: 32, format: 0, stride: 256, offset: 0, modifier: 0n, size: 0 };
  return new ImportedBuffer(layout, 1 as FramebufferId, -1 as DmabufFd, new Owner(), () => undefined).open();
}

/** One present, and all that was told of it. */
export interface Told {
  readonly name: string;
  readonly frame: number;
  readonly slot: number;
  readonly fence: number;
  readonly outcomes: Outcome[];
  released: number;
}

export class Presenting {
  readonly clock = new HandClock();
  /** `name: what`, in the order of the calls. */
  readonly log: string[] = [];
  readonly all: Told[] = [];
  readonly flips: Flip[] = [];
  readonly clients = new Map<ClientBuffer, number>();
  failure: unknown;
  /** Called as each present is released. */
  onRelease: (told: Told) => void = () => undefined;
  presenter: Presenter<Canvas>;
  #fence = 100;

  constructor(
    readonly rig: Rig,
    private readonly options: Partial<LoopOptions> = {},
  ) {
    rig.slotOf = (buffer) => this.#slotOf(buffer);
    this.presenter = this.#start();
  }

  /** Under another presenter: what is queued goes on. */
  restart(): void {
    this.presenter.stop('resized');
    this.presenter = this.#start();
  }

  /** Presents a backbuffer, if one is free, with a fence of its own. */
  frame(name: string, options: PresentOptions = this.fenced()): Told | undefined {
    const slot = this.presenter.acquire();
    if (slot === undefined) {
      options.fence?.close();
      return undefined;
    }
    const told = this.#told(name, slot.frame, slot.index, options);
    this.presenter.presentFrame(slot, this.#listening(told, options));
    this.presenter.commitNext();
    return told;
  }

  client(name: string, buffer: ClientBuffer, options: PresentOptions = this.fenced()): Told {
    const told = this.#told(name, this.rig.chain.nextFrame, this.#slotOf(buffer), options);
    this.presenter.presentClient(buffer, this.#listening(told, options));
    this.presenter.commitNext();
    return told;
  }

  fenced(): PresentOptions {
    return { fence: this.rig.fences.make(this.#fence++) };
  }

  /** Nothing is shown any more. */
  end(): void {
    this.presenter.stop('closed');
    this.rig.ahead.end('closed');
    this.rig.chain.tellAll();
    this.rig.jobs.run();
  }

  #start(): Presenter<Canvas> {
    const presenter = new Presenter<Canvas>(this.rig.parts(this.clock, this.options), {
      told: (flip) => this.flips.push(flip),
      turn: () => presenter.commitNext(),
      modeShown: () => this.log.push('mode shown'),
      master: (isOurs) => this.log.push(isOurs ? 'master' : 'no master'),
      failed: (error) => (this.failure = error),
    });
    presenter.start();
    return presenter;
  }

  #told(name: string, frame: number, slot: number, { fence }: PresentOptions): Told {
    const told = { name, frame, slot, fence: fence?.fd ?? -1, outcomes: [], released: 0 };
    this.all.push(told);
    return told;
  }

  #listening(told: Told, options: PresentOptions): PresentOptions {
    return {
      ...options,
      onOutcome: (outcome) => {
        told.outcomes.push(outcome);
        this.log.push(`${told.name}: ${outcome.kind === 'shown' ? 'shown' : outcome.reason}`);
        options.onOutcome?.(outcome);
      },
      onReleased: () => {
        told.released++;
        this.log.push(`${told.name}: released`);
        this.onRelease(told);
        options.onReleased?.();
      },
    };
  }

  #slotOf(buffer: ClientBuffer): number {
    const known = this.clients.get(buffer);
    if (known !== undefined) return known;
    const slot = this.rig.chain.admit(() => undefined);
    this.rig.native.attach(slot, 100 + slot, -1);
    this.clients.set(buffer, slot);
    return slot;
  }
}
