/** A kiosk's clients and each of their pictures while it is recorded: what its report and its trace are made from. */
import { Subscription, map } from 'rxjs';
import type { Client, ClientEnd, Kiosk, PictureOutcome } from '../../kiosk/index.js';
import { monotonicClock, type Clock } from '../../loop/index.js';
import { FaultLog, type LoggedFault } from '../fault-log.js';
import { append } from '../kept.js';
import { PictureFigures, type PictureResult } from './figures.js';

/** Times are CLOCK_MONOTONIC, ms. */
export interface RecordedClient {
  /** From 1, in the order in which they came. */
  readonly number: number;
  /** Of the process that connected. */
  readonly pid: number | undefined;
  readonly connectedMs: number;
  /** Undefined while it is there. */
  readonly goneMs: number | undefined;
  readonly end: ClientEnd | undefined;
}

export interface RecordedPicture extends Omit<PictureOutcome, 'client'> {
  /** Its client's number. */
  readonly client: number;
}

type Counts = Pick<Kiosk['clientCounts'], 'now' | 'total' | 'ended'>;

export interface RecordableKiosk extends Pick<Kiosk, 'clients$' | 'gone$' | 'pictures$' | 'faults$'> {
  readonly clientCounts: Counts;
}

export type RecordedKiosk = Pick<
  KioskRecording,
  'clients' | 'pictures' | 'forgotten' | 'faults' | 'figures' | 'counts'
>;

type OpenClient = { -readonly [K in keyof RecordedClient]: RecordedClient[K] };

/** Begins at once; keeps the last 65,536 clients and pictures each, and up to twice as many. Owns its listeners until `stop`. */
export class KioskRecording {
  readonly #clients: OpenClient[] = [];
  /** Of clients that somebody has still to do with. */
  readonly #known = new WeakMap<Client, OpenClient>();
  readonly #pictures: RecordedPicture[] = [];
  readonly #watching = new Subscription();
  readonly #figures: PictureFigures;
  readonly #faults: FaultLog;
  #numbers = 0;
  #forgotten = 0;

  constructor(
    private readonly kiosk: RecordableKiosk,
    private readonly clock: Clock = monotonicClock,
  ) {
    this.#figures = new PictureFigures(kiosk.pictures$);
    this.#faults = new FaultLog(kiosk.faults$.pipe(map(({ error }) => error)));
    this.#watching.add(kiosk.clients$.subscribe((client) => void this.#numberOf(client)));
    this.#watching.add(kiosk.gone$.subscribe((client) => this.#gone(client)));
    this.#watching.add(kiosk.pictures$.subscribe((picture) => this.#ended(picture)));
  }

  /** In the order in which they came. */
  get clients(): readonly RecordedClient[] {
    return this.#clients;
  }

  /** In the order in which they ended. */
  get pictures(): readonly RecordedPicture[] {
    return this.#pictures;
  }

  /** Pictures at the beginning that there was no room for. */
  get forgotten(): number {
    return this.#forgotten;
  }

  get faults(): readonly LoggedFault[] {
    return this.#faults.list();
  }

  get figures(): PictureResult {
    return this.#figures.result();
  }

  /** Of all clients, also those that are forgotten. */
  get counts(): Counts {
    return this.kiosk.clientCounts;
  }

  /** What it holds stays. Idempotent. */
  stop(): void {
    this.#watching.unsubscribe();
    this.#figures.stop();
    this.#faults.close();
  }

  /** One that came before the recording is met by what it does. */
  #numberOf(client: Client): number {
    const known = this.#known.get(client);
    if (known !== undefined) return known.number;
    const added = {
      ...{ number: ++this.#numbers, pid: client.credentials?.pid },
      ...{ connectedMs: this.clock.now(), goneMs: undefined, end: undefined },
    };
    this.#known.set(client, added);
    append(this.#clients, added);
    return added.number;
  }

  #gone(client: Client): void {
    const gone = this.#known.get(client);
    if (gone !== undefined) Object.assign(gone, { goneMs: this.clock.now(), end: client.end });
  }

  /** Those of a client's last moment end after it has gone. */
  #ended({ client, ...picture }: PictureOutcome): void {
    this.#forgotten += append(this.#pictures, { ...picture, client: this.#numberOf(client) });
  }
}
