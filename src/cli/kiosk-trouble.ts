/** What the screen says of a client that does not come up, until one is seen again or the kiosk ends. */
import type { Observable } from 'rxjs';
import { diagnosticPage, ErrorTail, howEnded, type Backdrop, type Trouble } from '../kiosk/index.js';

export interface TroubleOptions {
  readonly kiosk: {
    readonly shown$: Observable<unknown>;
    setBackground(background: Backdrop | undefined): void;
  };
  readonly command: readonly string[];
  /** What is seen otherwise. */
  readonly backdrop: Backdrop | undefined;
  /** Pixels of the head as it is seen. */
  readonly size: () => { readonly width: number; readonly height: number };
}

export class TroubleScreen {
  /** What the client says on its standard error belongs here. */
  readonly tail = new ErrorTail();
  readonly #watching;
  #shown = false;

  constructor(private readonly options: TroubleOptions) {
    this.#watching = options.kiosk.shown$.subscribe(() => {
      this.#end();
    });
  }

  /** A ClientLife's `onTrouble`. */
  show(trouble: Trouble): void {
    const { kiosk, size } = this.options;
    this.#shown = true;
    kiosk.setBackground(diagnosticPage({ facts: this.#facts(trouble), lines: this.tail.lines }, size()));
  }

  /** Idempotent. */
  close(): void {
    this.#watching.unsubscribe();
  }

  #facts({ ended, failures, pauseMs }: Trouble): string[] {
    return [
      this.options.command.join(' '),
      `has ended ${failures} times soon after its start, now with ${howEnded(ended)}.`,
      `${pauseMs === undefined ? 'It is given up.' : `It is started again in ${pauseMs / 1000} s.`} What it said last:`,
    ];
  }

  #end(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.options.kiosk.setBackground(this.options.backdrop);
  }
}
