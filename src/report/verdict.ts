/** The verdict on a run's figures: pass, or fail with the reasons. */
import type { HeadInfo } from '../head/index.js';
import type { HostPace, Pacing } from '../loop/index.js';
import type { LoggedFault } from './fault-log.js';
import { matchingMode, type OfferedMode } from './matching-mode.js';
import type { HostCaptures, JudgeKind, WrongCapture } from '../render/index.js';
import type { Figures, Judged, Judgement, RunResult } from './result.js';

export interface Circumstances {
  readonly pacing: Pacing;
  readonly faults: readonly LoggedFault[];
  readonly host: HostCaptures | null;
  /** What the captures were judged by; default: every pixel. */
  readonly judgedBy?: JudgeKind | undefined;
  /** What ended the loop before its time. */
  readonly failures: readonly string[];
  /** Of the measured flips, in cycles of the mode, where the host's screen sets the pace. */
  readonly hostPace?: HostPace | undefined;
  /** Why the pace says nothing here. */
  readonly emulation?: string | undefined;
  /** Who drew, and why this one; default: the CPU, as asked for. */
  readonly drawn?: DrawnBy;
  /** The head's, to choose one that matches the host's pace from. */
  readonly modes?: readonly OfferedMode[];
}

export type DrawnBy = Pick<RunResult, 'draw' | 'drawReason' | 'gl'>;

const byCpu: DrawnBy = { draw: 'cpu', drawReason: null, gl: null };

/** By the mode's own rate a run fails below these: flips a second ÷ refresh, and the share of missed flips. */
const minRefreshRatio = 0.99;
const maxMissedShare = 0.01;
/** The share of the flips that may come late by the host's pace: a desktop drops a frame of its own now and then. */
const maxLateByHost = 0.02;
/** Where it is the render GPU's, or not judged, flips a second ÷ the rate that they should have. */
const floor = 0.8;
/** The same where an emulated processor draws, too: the loop's own time comes out of the GPU's. */
const emulatedGpuFloor = 0.5;
/** The share of a cycle from which on the GPU's drawing is what the flips wait for. */
const nearlyWhole = 0.9;

/** What it judges, whether it is broken, and how that reads. */
type Rule = readonly [what: Judged, broken: boolean, reason: string];

export function judgeRun(info: HeadInfo, figures: Figures, circumstances: Circumstances): RunResult {
  const { pacing, faults, host, failures, drawn = byCpu } = circumstances;
  const refreshRatio = Math.round((figures.flipsPerSecond / info.mode.refreshHz) * 1e4) / 1e4;
  const judged = judgement(info, figures, refreshRatio, circumstances);
  const rules = [
    ...steadyRules(info, figures, host),
    ...fenceRules(drawn),
    ...paceRules(judged, figures, refreshRatio, circumstances),
  ];
  const ended = [...failures, ...invisible(faults, info)];
  const failed: Judged[] = [...(ended.length > 0 ? (['faults'] as const) : []), ...broken(rules).map(([what]) => what)];
  const reasons = [...ended, ...broken(rules).map(([, , reason]) => reason)];
  const { path, refused, render, display, mode, buffers, update, presentMode, deadline } = info;
  return {
    verdict: reasons.length === 0 ? 'pass' : 'fail',
    reasons,
    judged: { ...judged, failed: [...new Set(failed)] },
    ...drawn,
    path,
    render: {
      node: render.node,
      driver: render.driver,
      ...(render.chosen === undefined ? {} : { chosen: render.chosen }),
    },
    display,
    mode,
    buffers,
    update,
    presentMode,
    deadline,
    ...figures,
    refreshRatio,
    pacing: judged.pace === 'host' ? { kind: 'host-paced', advice: hostAdvice(judged) } : pacing,
    refused,
    faults,
    host,
  };
}

function judgement(
  { mode }: HeadInfo,
  figures: Figures,
  refreshRatio: number,
  { host, hostPace, emulation, modes = [], drawn = byCpu, judgedBy = 'pixels' }: Circumstances,
): Omit<Judgement, 'failed'> {
  const always = alwaysJudged(host === null ? undefined : judgedBy, drawn);
  const gpu = gpuPace(mode.refreshHz, drawn);
  if (gpu !== undefined) return { what: [...always, 'starvation', 'rate'], pace: 'gpu', matchingMode: null, ...gpu };
  const late = broken(modeRules(figures, refreshRatio)).length > 0;
  const hostHz = late && hostPace !== undefined ? Math.round(hostPace.hz * mode.refreshHz * 100) / 100 : undefined;
  const paceHz = hostHz ?? Math.round(mode.refreshHz * 100) / 100;
  const match = hostHz === undefined ? null : matchingMode(modes, mode, hostHz);
  if (emulation !== undefined) {
    const why = `${emulation}, so that the pace is that of a busy processor`;
    return { what: [...always, 'starvation', 'rate'], pace: 'not judged', paceHz, why, matchingMode: match };
  }
  if (hostHz !== undefined) {
    const why = 'late flips come evenly, and the host was not done with the picture before';
    return { what: [...always, 'starvation', 'pace'], pace: 'host', paceHz, why, matchingMode: match };
  }
  return { what: [...always, 'pace'], pace: 'mode', paceHz, why: null, matchingMode: null };
}

function alwaysJudged(captures: JudgeKind | undefined, { gl }: DrawnBy): readonly Judged[] {
  const shown = captures === undefined ? [] : [captures === 'pixels' ? ('captures' as const) : ('codes' as const)];
  const fence = gl?.fence === 'implicit' ? (['fence'] as const) : [];
  return [...shown, ...fence, 'tearing', 'copies', 'faults'];
}

/** A GPU that draws more slowly than the display flips sets the pace, on any machine. */
function gpuPace(refreshHz: number, { gl }: DrawnBy): Pick<Judgement, 'paceHz' | 'why'> | undefined {
  const { gpuMs } = gl ?? {};
  if (typeof gpuMs !== 'number' || gpuMs < (1000 / refreshHz) * nearlyWhole) return undefined;
  const paceHz = Math.round(100_000 / gpuMs) / 100;
  return {
    paceHz,
    why: `its GPU draws ${gpuMs.toFixed(1)} ms a frame, and a cycle has ${(1000 / refreshHz).toFixed(1)}`,
  };
}

function hostAdvice({ paceHz, matchingMode: mode }: Omit<Judgement, 'failed'>): string {
  const choice = mode === null ? 'no mode of this head is as fast' : `choose --mode ${mode}, which matches it`;
  return `the host’s screen sets the rate, ${paceHz.toFixed(2)} a second: ${choice}`;
}

/** What does not depend on how busy a machine is. */
function steadyRules(
  { path }: HeadInfo,
  { frames, tearRisk, bytesCopiedPerFrame }: Figures,
  host: HostCaptures | null,
): Rule[] {
  const copied = `${bytesCopiedPerFrame} bytes were copied a frame, and the path ${path} copies none`;
  return [
    ['rate', frames === 0, 'no page flip completed'],
    ['tearing', tearRisk > 0, `${tearRisk} flips came before the host was done (tear risk)`],
    ['copies', path !== 'copy' && bytesCopiedPerFrame > 0, copied],
    ...captureRules(host),
  ];
}

function paceRules(
  { pace, paceHz }: Omit<Judgement, 'failed'>,
  figures: Figures,
  refreshRatio: number,
  { hostPace, emulation }: Circumstances,
): Rule[] {
  const { frames, flipsPerSecond, starved } = figures;
  if (pace === 'mode') return modeRules(figures, refreshRatio);
  const starvation: Rule = ['starvation', starved > 0, `${starved} flips came late for want of a free buffer`];
  if (pace === 'not judged' || pace === 'gpu') {
    const ratio = flipsPerSecond / paceHz;
    const least = pace === 'gpu' && emulation !== undefined ? emulatedGpuFloor : floor;
    const whose = pace === 'gpu' ? 'and the GPU draws as many' : 'also for an emulated machine';
    const slow = `flips a second are ${ratio.toFixed(4)} of ${paceHz.toFixed(2)}, below ${least} ${whose}`;
    return [starvation, ['rate', frames > 0 && ratio < least, slow]];
  }
  const late = Math.round((hostPace?.lateShare ?? 0) * frames);
  return [
    starvation,
    [
      'pace',
      late > frames * maxLateByHost,
      `${late} of ${frames} flips came late even by the host's pace of ${paceHz.toFixed(2)} a second`,
    ],
  ];
}

function modeRules({ frames, missedFlips }: Figures, refreshRatio: number): Rule[] {
  return [
    ['pace', frames > 0 && refreshRatio < minRefreshRatio, `flips a second are ${refreshRatio} of the refresh rate`],
    ['pace', missedFlips > frames * maxMissedShare, `${missedFlips} of ${frames} flips came late`],
  ];
}

function broken(rules: readonly Rule[]): readonly Rule[] {
  return rules.filter(([, isBroken]) => isBroken);
}

/** A picture that the host does not show is none, whatever the flips say; unless another path was taken for it. */
function invisible(outlived: readonly LoggedFault[], { refused }: HeadInfo): string[] {
  const refusal = outlived.find(({ code }) => code === 'ERR_HOST_REFUSED');
  const replaced = refused.some(({ code }) => code === 'ERR_HOST_REFUSED');
  return refusal === undefined || replaced ? [] : [`${refusal.code}: ${refusal.message}`];
}

/** Without a fence nothing keeps the display from showing what is not drawn yet, whatever the captures happened to see. */
function fenceRules({ gl }: DrawnBy): Rule[] {
  const missing = gl?.fence === 'implicit' && gl.implicitFence === false;
  return [
    [
      'fence',
      missing,
      `the driver of ${gl?.renderer ?? 'GL'} puts no fence on a dma-buf: --fence implicit holds nothing back`,
    ],
  ];
}

/** A capture that cannot be read says nothing about the pixels, and is not called wrong. */
function captureRules(host: HostCaptures | null): Rule[] {
  if (host === null) return [];
  const { captures, exact, torn, unreadable, wrong } = host;
  const differing = captures - exact - unreadable;
  return [
    [
      'captures',
      differing > 0,
      `${differing} of ${captures} host captures differ from what was drawn${detail(wrong, 'differs')}`,
    ],
    [
      'captures',
      unreadable > 0,
      `${unreadable} of ${captures} host captures could not be read${detail(wrong, 'unreadable')}`,
    ],
    ['captures', torn > 0, `${torn} of ${captures} host captures are torn`],
  ];
}

function detail(wrong: WrongCapture | null, kind: WrongCapture['kind']): string {
  if (wrong?.kind !== kind) return '';
  return `: ${wrong.why}${wrong.picture === null ? '' : ` (kept as ${wrong.picture})`}`;
}
