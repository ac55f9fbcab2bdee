/** A run's result: the figures, the verdict on them, and how both read. */
import type { HeadInfo, HeadStats, Percentiles } from '../head/index.js';
import type { Pacing } from '../loop/index.js';
import type { HostCaptures } from '../render/index.js';
import { describeGl, type GlResult } from './gl-result.js';
import { describeFault, type LoggedFault } from './fault-log.js';
import type { Samples } from './samples.js';

export interface Figures extends HeadStats {
  /** Of the whole process, over the flips of all its heads. */
  readonly cpuMsPerFlip: number;
  /** From the start of the process to this head's first flip, Node's own start-up included; null without a flip. */
  readonly firstFlipMs: number | null;
  /** Where that time went; null without a flip. */
  readonly firstFlip: FirstFlip | null;
}

/** Milliseconds, one after the other. */
export interface FirstFlip {
  /** Node, the command, the addon and libdrm. */
  readonly loadingMs: number;
  /** The render GPU's driver, with its compiler; what the devices take meanwhile is not counted again. */
  readonly mesaMs: number;
  /** Opened, chosen and tried: nodes, DRM master, mode, buffers. */
  readonly devicesMs: number;
  /** EGL and GLES opened, shaders compiled, the load measured; only where the render GPU draws. */
  readonly glMs?: number;
  /** The first frame, into memory never touched before. */
  readonly drawMs: number;
  /** From its commit, which sets the mode. */
  readonly flipMs: number;
}

/**
 * What the verdict looked at. `rate`: only that it is no less than a floor.
 * `codes`: of captures only the bar codes, and whether they show a frame's work before its content. */
export type Judged = 'captures' | 'codes' | 'fence' | 'tearing' | 'copies' | 'faults' | 'starvation' | 'rate' | 'pace';

export interface Judgement {
  readonly what: readonly Judged[];
  /** Of these, what the run failed by; `faults` also for what ended it. */
  readonly failed: readonly Judged[];
  /** By whose pace the flips were judged: the mode's refresh rate, that of the host's screen, or what the render GPU can draw. */
  readonly pace: 'mode' | 'host' | 'gpu' | 'not judged';
  /** Of that one; where it was not judged, of the one that the floor is a share of. */
  readonly paceHz: number;
  /** Why not by the mode's. */
  readonly why: string | null;
  /** As `--mode` takes it: the head's mode that is as fast as the host's screen; null where there is none, or no need. */
  readonly matchingMode: string | null;
}

export interface RunResult extends Figures {
  readonly verdict: 'pass' | 'fail';
  readonly reasons: readonly string[];
  readonly judged: Judgement;
  /** Who drew. */
  readonly draw: 'cpu' | 'gl';
  /** Why this one, where it was left to guesthead. */
  readonly drawReason: string | null;
  /** How the render GPU drew; null where it did not. */
  readonly gl: GlResult | null;
  readonly path: HeadInfo['path'];
  readonly render: Pick<HeadInfo['render'], 'node' | 'driver' | 'chosen'>;
  readonly display: HeadInfo['display'];
  readonly mode: HeadInfo['mode'];
  readonly buffers: number;
  readonly update: HeadInfo['update'];
  readonly presentMode: HeadInfo['presentMode'];
  readonly deadline: boolean;
  /** Who sets the pace of the flips, and what to do about it. */
  readonly pacing: Pacing;
  /** What went wrong without ending the run. */
  readonly faults: readonly LoggedFault[];
  /** The better paths that were refused on the way to this one. */
  readonly refused: HeadInfo['refused'];
  readonly refreshRatio: number;
  readonly host: HostCaptures | null;
  /** Where they were asked for. */
  readonly samples?: Samples;
}

/** Several heads' results as one: it passes where all do. */
export interface HeadsResult {
  readonly verdict: 'pass' | 'fail';
  readonly reasons: readonly string[];
  readonly heads: readonly RunResult[];
}

export function combine(heads: readonly RunResult[]): HeadsResult {
  const reasons = heads.flatMap((head) => head.reasons.map((reason) => `${head.display.connector}: ${reason}`));
  return { verdict: heads.every(({ verdict }) => verdict === 'pass') ? 'pass' : 'fail', reasons, heads };
}

/** Lines for people. */
export function describeRun(result: RunResult): string[] {
  const { render, display, mode, host } = result;
  const lines = [
    `${render.driver} ${render.node} → ${display.driver} ${display.node} ${display.connector}, path ${result.path}, ${result.buffers} buffers`,
    `${mode.width}x${mode.height} at ${mode.refreshHz.toFixed(2)} Hz: ${result.frames} flips in ${result.seconds.toFixed(1)} s, ${result.flipsPerSecond.toFixed(2)} a second (${(result.refreshRatio * 100).toFixed(1)} %), ${result.missedFlips} missed`,
    `commit ${milliseconds(result.commitMs)}; flip ${milliseconds(result.flipMs)}; flush fence ${milliseconds(result.flushFenceMs)}`,
    `CPU ${result.cpuMsPerFlip.toFixed(2)} ms a flip, ${result.bytesCopiedPerFrame} bytes copied a frame, tear risk ${result.tearRisk}, starved ${result.starved}`,
  ];
  if (result.gl !== null) lines.push(...describeGl(result.gl));
  if (result.drawReason !== null) lines.push(`drawn by ${result.draw}: ${result.drawReason}`);
  lines.push(...[display.chosen, render.chosen].filter((text) => text !== undefined));
  if (result.firstFlip !== null) lines.push(describeFirstFlip(result.firstFlip));
  lines.push(`latency ${milliseconds(result.latencyMs)}; ${result.pacing.kind}: ${result.pacing.advice}`);
  lines.push(...result.faults.map(describeFault));
  for (const { path, code, advice } of result.refused) lines.push(`path ${path} was refused with ${code}: ${advice}`);
  const by = result.judged.what.includes('codes') ? ', by their bar codes' : '';
  if (host !== null) lines.push(`host: ${describeCaptures(host)}${by}`);
  lines.push(...describeJudgement(result.judged));
  return [...lines, ...result.reasons.map((reason) => `- ${reason}`), `verdict: ${result.verdict}`];
}

export function describeFirstFlip({ loadingMs, mesaMs, devicesMs, glMs, drawMs, flipMs }: FirstFlip): string {
  const whole = loadingMs + mesaMs + devicesMs + (glMs ?? 0) + drawMs + flipMs;
  const gl = glMs === undefined ? '' : `, GL ${glMs}`;
  return `first flip after ${whole} ms: loading ${loadingMs}, Mesa ${mesaMs}, devices ${devicesMs}${gl}, first draw ${drawMs}, flip ${flipMs}`;
}

/** Nothing where the pace was judged as it should be by default. */
export function describeJudgement({ what, pace, paceHz, why, matchingMode }: Judgement): string[] {
  if (pace === 'mode' || why === null) return [];
  if (pace === 'not judged')
    return [`the pace was not judged: ${why}; judged were ${what.join(', ')}, and --strict judges the pace, too`];
  if (pace === 'gpu') return [`the pace was judged by the render GPU's, ${paceHz.toFixed(2)} a second: ${why}`];
  const match = matchingMode === null ? 'no mode of this head is as fast' : `--mode ${matchingMode} matches it`;
  return [`the pace was judged by the host's, ${paceHz.toFixed(2)} a second: ${why}; ${match}`];
}

export function describeCaptures({ captures, exact, torn, unreadable }: HostCaptures): string {
  return `${exact} of ${captures} captures exact, ${torn} torn${unreadable === 0 ? '' : `, ${unreadable} unreadable`}`;
}

function milliseconds(values: Percentiles | null): string {
  if (values === null) return 'not seen';
  return `${values.p50.toFixed(2)} ms (p99 ${values.p99.toFixed(2)}, max ${values.max.toFixed(2)})`;
}
