/** A kiosk with one client that behaves, beside which clients in C do what none should (test/kiosk/hostile). */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { KioskOptions, Layout } from '../../../src/kiosk/index.js';
import type { SyncAddon } from '../../../src/native/sync.js';
import { isDeepStrictEqual } from 'node:util';
import { device } from '../../support/seat-rig.js';
import { hostileProgram } from './hostile-program.js';
import { KioskRig, type Window } from './kiosk-rig.js';

/** The well-behaved client's window has the left half and all others the right one, so that it is never hidden. */
const sideBySide: Layout = (windows, head) => {
  const size = { width: head.width / 2, height: head.height };
  return windows.map((window, index) => ({ window, x: index === 0 ? 0 : size.width, y: 0, size }));
};

type Held = ReturnType<KioskRig['held']>;
const patienceFrames = 200;

export interface Outcome {
  /** Line by line, as test/kiosk/hostile/main.c has it. */
  readonly said: string[];
  readonly signal: NodeJS.Signals | null;
}

export class HostileRig {
  readonly faults: unknown[] = [];
  /** Of the well-behaved client, that came to the screen. */
  frames = 0;
  #callback = 0;
  readonly #buffers: readonly number[];

  private constructor(
    readonly rig: KioskRig,
    private readonly good: Window,
  ) {
    rig.kiosk.faults$.subscribe(({ error }) => this.faults.push(error));
    const [width, height] = good.ack();
    good.client.events.length = 0;
    this.#buffers = [good.buffer(width, height, 0x112233), good.buffer(width, height, 0x332211)];
    this.#draw();
  }

  /** As of `KioskRig.open`. */
  static async open(options: KioskOptions = {}, sync?: SyncAddon): Promise<HostileRig> {
    const rig = await KioskRig.open({ layout: sideBySide, ...options }, [], undefined, {}, sync);
    const hostile = new HostileRig(rig, await rig.open());
    await hostile.until(() => hostile.frames > 0);
    return hostile;
  }

  /** Refreshes until it holds, and the well-behaved client draws whenever it is asked to. */
  until(holds: () => boolean): Promise<void> {
    return this.rig.flipUntil(() => {
      const { client } = this.good;
      if (client.gone) throw new Error(`the client that behaves was ended: ${client.error?.text}`);
      if (client.eventsOf(this.good.xdg).length > 0) this.good.ack();
      for (const { id, name, values } of client.events)
        if (name === 'ping') client.request(id, 'pong', values[0] as number);
      if (client.eventsOf(this.#callback).some(([name]) => name === 'done')) {
        this.frames++;
        this.#draw();
      }
      client.events.length = 0;
      return holds();
    });
  }

  /** Moves the mouse there, in parts of the head. */
  point(x: number, y: number): void {
    this.rig.kiosk.input({ kind: 'motion', device, timeUs: 0, x, y });
  }

  /** Starts one; its standard input stays open until `end`. */
  start(mode: string) {
    const child = spawn(hostileProgram(), [this.rig.path, mode], { stdio: ['pipe', 'pipe', 'inherit'] });
    return new Hostile(child, this);
  }

  async run(mode: string): Promise<Outcome> {
    return this.start(mode).ended();
  }

  /** What is held once that has been the same for some frames. */
  async settled(): Promise<Held> {
    let [held, since] = [this.rig.held(), this.frames];
    await this.until(() => {
      const now = this.rig.held();
      if (!isDeepStrictEqual(now, held)) [held, since] = [now, this.frames];
      return this.frames > since + 20;
    });
    return held;
  }

  /** Resolves when as much is held as `then`, which `rig.held()` said; fails, and says what is too much, where it is not let go. */
  async lets(then: Held): Promise<void> {
    const until = this.frames + patienceFrames;
    let now: Held | undefined;
    await this.until(() => isDeepStrictEqual((now = this.rig.held()), then) || this.frames > until);
    assert.deepEqual(now, then);
  }

  async close(): Promise<void> {
    this.good.close();
    await this.rig.close();
  }

  #draw(): void {
    this.#callback = this.good.show(this.#buffers[this.frames % 2] ?? 0);
  }
}

interface Child {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly pid?: number | undefined;
  kill(signal?: NodeJS.Signals): boolean;
}

export class Hostile {
  #text = '';
  #outcome: Outcome | undefined;

  constructor(
    readonly child: Child & NodeJS.EventEmitter,
    private readonly on: HostileRig,
  ) {
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#text += text));
    void once(child, 'close').then(([, signal]) => {
      this.#outcome = { said: this.#text.split('\n').filter((line) => line !== ''), signal: signal as null };
    });
  }

  /** Once it has said so. */
  has(line: string): Promise<void> {
    return this.on.until(() => {
      if (this.#outcome !== undefined) throw new Error(`it ended: ${this.#text}`);
      return this.#text.split('\n').includes(line);
    });
  }

  async ended(): Promise<Outcome> {
    let outcome: Outcome | undefined;
    await this.on.until(() => (outcome = this.#outcome) !== undefined);
    return outcome!;
  }
}
