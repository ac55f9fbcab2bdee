/** What a run of `guesthead share` came to, and the verdict on it. */
import type { Percentiles } from '../head/index.js';

/** What a judging consumer on the host saw of the counter pattern. */
export interface JudgedReceipt {
  readonly received: number;
  /** Those every pixel of which is as it was drawn. */
  readonly exact: number;
  /** Those that show parts of two pictures. */
  readonly torn: number;
}

export interface ShareFigures {
  /** Pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** Pictures a second, by a timer. */
  readonly rate: number | 'max';
  readonly buffers: number;
  readonly exports: number;
  readonly releases: number;
  readonly revoked: number;
  /** The first reason; null: none was revoked. */
  readonly revokedBecause: string | null;
  /** Times that a picture was due and no buffer was free. */
  readonly missed: number;
  /** Exports that were released late, or never. */
  readonly late: number;
  /** Of the slowest buffer: new memory pinned and its pages named. */
  readonly allocateMs: number;
  /** From the export to the release; null where nothing was released. */
  readonly roundTripMs: Percentiles | null;
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
    ...(host === null ? [] : hostReasons(host, figures)),
  ];
  const judgement = { verdict: reasons.length === 0 ? 'pass' : 'fail', reasons } as const;
  return { ...judgement, ...figures, ...judgement, host };
}

function reasonsOf(figures: ShareFigures, isPaceJudged: boolean): string[] {
  const { exports, releases, revoked, revokedBecause, missed } = figures;
  const left = exports - releases - revoked;
  const found: [boolean, string][] = [
    [exports === 0, 'nothing was exported'],
    [revoked > 0, `${revoked} of ${exports} exports were revoked: ${revokedBecause ?? ''}`],
    [left > 0, `${left} of ${exports} exports were never released`],
    [isPaceJudged && missed > 0, `no buffer was free for ${missed} pictures`],
  ];
  return found.filter(([holds]) => holds).map(([, reason]) => reason);
}

/** A judging consumer is there all the time, so that each picture that was released has been to it. */
function hostReasons({ received, exact, torn }: JudgedReceipt, { releases }: ShareFigures): string[] {
  const found: [boolean, string][] = [
    [received < releases, `the host received ${received} pictures, and ${releases} were released`],
    [torn > 0, `${torn} of ${received} received pictures are torn`],
    [
      received - exact - torn > 0,
      `${received - exact - torn} of ${received} received pictures differ from what was drawn`,
    ],
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
    ...(host === null ? [] : [`  the host received ${host.received}: ${host.exact} exact, ${host.torn} torn`]),
    ...result.reasons.map((reason) => `  ${reason}`),
  ];
}
