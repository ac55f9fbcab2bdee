/** What a run of `guesthead share` came to, and the verdict on it. */
import type { Percentiles } from '../durations.js';
import type { ShareCounts } from './share-tally.js';

/** What a judging consumer on the host saw of the counter pattern. */
export interface JudgedReceipt {
  readonly received: number;
  /** Those every pixel of which is as it was drawn. */
  readonly exact: number;
  /** Those that show parts of two pictures. */
  readonly torn: number;
  /** Those of a pattern that cannot be judged, released at once. */
  readonly unjudged: number;
  /** How long the consumer had each of them: a part of the round trip that is not the transfer's. */
  readonly judgeMs: Percentiles | null;
  /** How pictures came that were exported at a rate, the warm-up's left out; null where none was. */
  readonly arrival: Arrival | null;
}

/** By the guest's stamp on each picture and the host's clock. */
export interface Arrival {
  /** Pictures that took more than a period longer from the guest to the consumer than the quickest. */
  readonly late: number;
  /** How much longer than the quickest. */
  readonly delayMs: Percentiles;
}

/** Milliseconds, of the buffer that took longest: new memory, pinned, its pages named, and told to the host. */
export interface FirstExport {
  readonly allocate: number;
  readonly pin: number;
  readonly name: number;
  readonly register: number;
  readonly total: number;
}

export interface ShareFigures extends ShareCounts {
  /** Pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** Pictures a second, by a timer. */
  readonly rate: number | 'max';
  readonly buffers: number;
  readonly firstExportMs: FirstExport;
  readonly exportsPerSecond: number;
  readonly bytesCopied: 0;
  /** Of all threads, the drawing included. */
  readonly cpuMsPerExport: number;
}

export interface ShareResult extends ShareFigures {
  readonly verdict: 'pass' | 'fail';
  readonly reasons: readonly string[];
  /** Null where no consumer on the host judged. */
  readonly host: JudgedReceipt | null;
}

export interface ShareCircumstances {
  /** Why the pace says nothing here; undefined: it is judged. */
  readonly emulation: string | undefined;
  readonly host: JudgedReceipt | null;
}

/** `figures` may be of a result that was judged before: the lab judges it anew, with what the host saw. */
export function judgeShare(figures: ShareFigures, { emulation, host }: ShareCircumstances): ShareResult {
  const reasons = [
    ...reasonsOf(figures, emulation === undefined),
    ...(host === null ? [] : hostReasons(host, figures, emulation === undefined)),
  ];
  const judgement = { verdict: reasons.length === 0 ? 'pass' : 'fail', reasons } as const;
  return { ...judgement, ...figures, ...judgement, host };
}

function reasonsOf(figures: ShareFigures, isPaceJudged: boolean): string[] {
  const { exports, releases, revoked, revokedBecause, missed, late } = figures;
  const left = exports - releases - revoked;
  const found: [boolean, string][] = [
    [exports === 0, 'nothing was exported'],
    [revoked > 0, `${revoked} of ${exports} exports were revoked: ${revokedBecause ?? ''}`],
    [left > 0, `${left} of ${exports} exports were never released`],
    [isPaceJudged && missed > 0, `no buffer was free for ${missed} pictures`],
    [isPaceJudged && (late ?? 0) > 0, `${late ?? 0} pictures were released more than a period after their export`],
  ];
  return found.filter(([holds]) => holds).map(([, reason]) => reason);
}

/** A judging consumer is there all the time, so that each picture that was released has been to it. */
function hostReasons(host: JudgedReceipt, { releases }: ShareFigures, isPaceJudged: boolean): string[] {
  const { received, exact, torn, unjudged, arrival } = host;
  const judged = received - unjudged;
  const different = judged - exact - torn;
  const late = arrival?.late ?? 0;
  const found: [boolean, string][] = [
    [received < releases, `the host received ${received} pictures, and ${releases} were released`],
    [torn > 0, `${torn} of ${judged} received pictures are torn`],
    [different > 0, `${different} of ${judged} received pictures differ from what was drawn`],
    [isPaceJudged && late > 0, `${late} pictures came to the host more than a period late`],
  ];
  return found.filter(([holds]) => holds).map(([, reason]) => reason);
}

/** For people. */
export function describeShare(result: ShareResult): string[] {
  const { size, rate, exports, releases, revoked, roundTripMs, exportsPerSecond, cpuMsPerExport, host } = result;
  const trip =
    roundTripMs === null
      ? ''
      : `, round trip p50 ${roundTripMs.p50} ms, p99 ${roundTripMs.p99}, max ${roundTripMs.max}`;
  const pace = rate === 'max' ? 'as fast as they were released' : `at ${rate} Hz by a timer`;
  return [
    `${result.verdict}: ${exports} pictures of ${size.width}x${size.height} shared ${pace}`,
    `  ${releases} released, ${revoked} revoked${trip}`,
    `  ${exportsPerSecond} exports a second, ${cpuMsPerExport} ms of CPU each, drawing included; 0 bytes copied`,
    ...(host === null ? [] : [`  ${describeReceipt(host)}`]),
    ...result.reasons.map((reason) => `  ${reason}`),
  ];
}

function describeReceipt({ received, exact, torn, unjudged, judgeMs, arrival }: JudgedReceipt): string {
  const came =
    arrival === null ? '' : `; ${arrival.late} came late, at most ${arrival.delayMs.max} ms after the quickest`;
  if (unjudged === received) return `the host received ${received}, of a pattern that cannot be judged${came}`;
  const had = judgeMs === null ? '' : `; it had each for ${judgeMs.p50} ms (p50)`;
  return `the host received ${received}: ${exact} exact, ${torn} torn${had}${came}`;
}
