/** A run's result: the figures, the verdict on them, and how both read. */
import type { HeadInfo, HeadStats, Percentiles } from '../head/index.js';
import type { Pacing } from '../loop/index.js';
import type { LoggedFault } from './fault-log.js';
import type { Samples } from './samples.js';

/** What the host saw: screenshots compared pixel by pixel with the frame each shows. */
export interface HostCaptures {
  readonly captures: number;
  readonly exact: number;
  readonly torn: number;
  /** Nothing is known of these: no picture was to be had, or it could not be read. */
  readonly unreadable: number;
  /** The first that was not exact. */
  readonly wrong: WrongCapture | null;
}

export interface WrongCapture {
  readonly kind: 'differs' | 'unreadable';
  /** In one line, for people. */
  readonly why: string;
  /** The frame's number in the picture; null where it has none that can be read. */
  readonly frame: number | null;
  /** In reading order; the colours as `#rrggbb`. Null where it is not known which frame it should be. */
  readonly firstDifference: {
    readonly x: number;
    readonly y: number;
    readonly expected: string;
    readonly actual: string;
  } | null;
  /** The file on the host, as QEMU wrote it; null where there is none. */
  readonly picture: string | null;
}

export interface Figures extends HeadStats {
  /** Of the whole process, over the flips of all its heads. */
  readonly cpuMsPerFlip: number;
  /** From the start of the process to this head's first flip, Node's own start-up included; null without a flip. */
  readonly firstFlipMs: number | null;
}

export interface RunResult extends Figures {
  readonly verdict: 'pass' | 'fail';
  readonly reasons: readonly string[];
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

export interface Circumstances {
  readonly pacing: Pacing;
  readonly faults: readonly LoggedFault[];
  readonly host: HostCaptures | null;
  /** What ended the loop before its time. */
  readonly failures: readonly string[];
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

/** Below these a run fails: flips a second ÷ refresh, and the share of missed flips. */
const minRefreshRatio = 0.99;
const maxMissedShare = 0.01;

export function judgeRun(
  info: HeadInfo,
  figures: Figures,
  { pacing, faults: outlived, host, failures }: Circumstances,
): RunResult {
  const refreshRatio = Math.round((figures.flipsPerSecond / info.mode.refreshHz) * 1e4) / 1e4;
  const reasons = [...failures, ...invisible(outlived, info), ...faults(figures, refreshRatio, host)];
  const { path, refused, render, display, mode, buffers, update, presentMode, deadline } = info;
  return {
    verdict: reasons.length === 0 ? 'pass' : 'fail',
    reasons,
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
    pacing,
    refused,
    faults: outlived,
    host,
  };
}

/** A picture that the host does not show is none, whatever the flips say; unless another path was taken for it. */
function invisible(outlived: readonly LoggedFault[], { refused }: HeadInfo): string[] {
  const refusal = outlived.find(({ code }) => code === 'ERR_HOST_REFUSED');
  const replaced = refused.some(({ code }) => code === 'ERR_HOST_REFUSED');
  return refusal === undefined || replaced ? [] : [`${refusal.code}: ${refusal.message}`];
}

type Rule = readonly [broken: boolean, reason: string];

function faults({ frames, missedFlips, tearRisk }: Figures, refreshRatio: number, host: HostCaptures | null): string[] {
  const rules: Rule[] = [
    [frames === 0, 'no page flip completed'],
    [frames > 0 && refreshRatio < minRefreshRatio, `flips a second are ${refreshRatio} of the refresh rate`],
    [missedFlips > frames * maxMissedShare, `${missedFlips} of ${frames} flips came late`],
    [tearRisk > 0, `${tearRisk} flips came before the host was done (tear risk)`],
    ...captureRules(host),
  ];
  return rules.filter(([broken]) => broken).map(([, reason]) => reason);
}

/** A capture that cannot be read says nothing about the pixels, and is not called wrong. */
function captureRules(host: HostCaptures | null): Rule[] {
  if (host === null) return [];
  const { captures, exact, torn, unreadable, wrong } = host;
  const differing = captures - exact - unreadable;
  return [
    [differing > 0, `${differing} of ${captures} host captures differ from what was drawn${detail(wrong, 'differs')}`],
    [unreadable > 0, `${unreadable} of ${captures} host captures could not be read${detail(wrong, 'unreadable')}`],
    [torn > 0, `${torn} of ${captures} host captures are torn`],
  ];
}

function detail(wrong: WrongCapture | null, kind: WrongCapture['kind']): string {
  if (wrong?.kind !== kind) return '';
  return `: ${wrong.why}${wrong.picture === null ? '' : ` (kept as ${wrong.picture})`}`;
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
  lines.push(...[display.chosen, render.chosen].filter((text) => text !== undefined));
  lines.push(`latency ${milliseconds(result.latencyMs)}; ${result.pacing.kind}: ${result.pacing.advice}`);
  for (const { code, message, advice, count } of result.faults)
    lines.push(`${code}${count > 1 ? ` ×${count}` : ''}: ${message}${advice === null ? '' : ` → ${advice}`}`);
  for (const { path, code, advice } of result.refused) lines.push(`path ${path} was refused with ${code}: ${advice}`);
  if (host !== null) lines.push(`host: ${describeCaptures(host)}`);
  return [...lines, ...result.reasons.map((reason) => `- ${reason}`), `verdict: ${result.verdict}`];
}

export function describeCaptures({ captures, exact, torn, unreadable }: HostCaptures): string {
  return `${exact} of ${captures} captures exact, ${torn} torn${unreadable === 0 ? '' : `, ${unreadable} unreadable`}`;
}

function milliseconds(values: Percentiles | null): string {
  if (values === null) return 'not seen';
  return `${values.p50.toFixed(2)} ms (p99 ${values.p99.toFixed(2)}, max ${values.max.toFixed(2)})`;
}
