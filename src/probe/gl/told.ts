/**
 * What the process that draws for the probe tells: one line of JSON for each step, written before the next begins, so
 * that a driver that crashes or hangs takes only its own step with it.
 */
import { coded, GuestheadError, messageOf, type ErrorCode } from '../../errors.js';
import type { GlInfo } from '../../native/index.js';

/** In the order in which they are taken; the last two with `--flip` only. */
export const steps = ['driver', 'draw', 'fences', 'show', 'wait'] as const;
export type Step = (typeof steps)[number];

/** What can be drawn into; a modifier as a decimal number. */
export interface DrawnFormat {
  readonly fourcc: number;
  readonly modifiers: readonly string[];
}

export interface DriverFacts extends Omit<GlInfo, 'formats'> {
  readonly formats: readonly DrawnFormat[];
}

export interface DrawFacts {
  /** Pixels, of the picture that was drawn and read. */
  readonly width: number;
  readonly height: number;
  /** So many are not what was drawn, as the CPU sees the dma-buf. */
  readonly wrongPixels: number;
  /** Milliseconds, of the first drawing, with which the driver compiles, and of the next. */
  readonly firstMs: number;
  readonly nextMs: number;
}

export interface FenceFacts {
  /** How long the slow drawing takes, ms. */
  readonly slowMs: number;
  /** The driver's own fence when it came; null where the driver has none. */
  readonly native: 'pending' | 'signalled' | null;
  /** The fences on the dma-buf once the drawing had been flushed. */
  readonly implicit: 'pending' | 'none';
  /** Who made the pending one, as the kernel names the driver. */
  readonly implicitBy: string | null;
  /** How long the GPU went on drawing after that, ms: a finish waited so long. */
  readonly drewOnMs: number;
}

export interface ShowFacts {
  readonly path: string;
  readonly fenceKind: string;
  /** From the commit to the flip event, ms. */
  readonly flipMs: number;
}

export interface WaitFacts {
  /** Whose fence was pending on the frame's dma-buf; `vgem` is a stand-in; null: nobody's, and nothing could be seen. */
  readonly by: string | null;
  /** From the hand-over to the fence's signal, and from that to the flip event, ms. Negative: the flip came first. */
  readonly heldMs: number;
  readonly flippedAfterMs: number;
  /** One refresh cycle, ms. */
  readonly periodMs: number;
}

export interface FactsOf {
  readonly driver: DriverFacts;
  readonly draw: DrawFacts;
  readonly fences: FenceFacts;
  readonly show: ShowFacts;
  readonly wait: WaitFacts;
}

export interface ToldFailure {
  /** None of an error that is not ours. */
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly advice: string | null;
}

export type Told<S extends Step = Step> =
  | { readonly step: S; readonly value: FactsOf[S] }
  | { readonly step: S; readonly failure: ToldFailure };

export function failureOf(error: unknown): ToldFailure {
  const known = coded(error);
  if (!(known instanceof GuestheadError)) return { code: null, message: messageOf(known), advice: null };
  const { code, message, advice = null } = known;
  return { code, message, advice };
}

/** As it was thrown over there. */
export function errorOf({ code, message, advice }: ToldFailure): Error {
  return code === null ? new Error(message) : new GuestheadError(code, message, { advice: advice ?? undefined });
}

/** The steps among the lines; whatever else a driver prints there is passed over. */
export function parseTold(text: string): Told[] {
  return text.split('\n').flatMap((line) => {
    try {
      const told = JSON.parse(line) as Partial<Told> | null;
      return told !== null && steps.some((step) => step === told.step) ? [told as Told] : [];
    } catch {
      return [];
    }
  });
}
