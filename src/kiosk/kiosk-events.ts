/** What a kiosk tells the program around it. */
import { map, merge, ReplaySubject, Subject, type Observable } from 'rxjs';
import { GuestheadError } from '../errors.js';
import type { Gl } from '../gl/index.js';
import type { HeadState } from '../head/index.js';
import type { InputEvent } from '../input/index.js';
import type { Client, Fault } from '../wayland/index.js';
import type { GpuDrawing } from './gl-choice.js';
import type { KioskHead } from './kiosk-head.js';
import type { KioskWindow } from './layout.js';
import { KioskTelemetry } from './telemetry.js';

/** `shown` and `hidden`: it has a picture now, or none any more. `named`: it has another title or app_id. */
export interface WindowChange {
  readonly kind: 'opened' | 'shown' | 'hidden' | 'named' | 'closed';
  readonly window: KioskWindow;
}

/** One of the heads is in this state now. */
export interface OutputChange {
  readonly connector: string;
  readonly state: HeadState;
}

/** Each completes with the kiosk. */
export class KioskEvents {
  readonly unknown$ = new Subject<Fault>();
  readonly hung$ = new Subject<Client>();
  readonly answered$ = new Subject<Client>();
  readonly shown$ = new Subject<string>();
  readonly windows$ = new Subject<WindowChange>();
  readonly input$ = new Subject<InputEvent>();
  /** What draws; and the next one, where the GPU was lost and is back. */
  readonly gl$ = new ReplaySubject<Gl>(1);
  readonly drawings$ = new Subject<GpuDrawing>();
  readonly telemetry = new KioskTelemetry();

  hung(client: Client): void {
    const text = 'A client has not answered a ping for ten seconds';
    this.unknown$.next({ error: new GuestheadError('ERR_PROTOCOL', text), client });
    this.hung$.next(client);
  }

  late(client: Client): void {
    const text = 'A client has not agreed to the size of its window for five seconds';
    this.unknown$.next({ error: new GuestheadError('ERR_PROTOCOL', text), client });
  }

  /** No client's. It is said later: who opens a kiosk subscribes when it is there. */
  readonly fault = (error: unknown): void => {
    setImmediate(() => {
      this.unknown$.next({ error, client: undefined });
    });
  };

  complete(): void {
    const { pictures$ } = this.telemetry;
    for (const subject of [
      this.unknown$,
      this.hung$,
      this.answered$,
      this.shown$,
      this.windows$,
      this.input$,
      this.gl$,
      this.drawings$,
      pictures$,
    ])
      subject.complete();
  }
}

/** What is wrong with the heads themselves. */
export function headFaults(heads: readonly KioskHead[]): Observable<Fault> {
  return merge(...heads.map(({ head }) => head.faults$.pipe(map((error) => ({ error, client: undefined })))));
}

/** The states of all heads now, and each one after that. */
export function outputChanges(heads: readonly KioskHead[]): Observable<OutputChange> {
  return merge(
    ...heads.map(({ head, output }) => head.state$.pipe(map((state) => ({ connector: output.connector, state })))),
  );
}
