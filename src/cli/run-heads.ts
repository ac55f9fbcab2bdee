/** One run: as many heads of one display as asked for, each measured, from open to close. */
import { readFileSync } from 'node:fs';
import type { Observable } from 'rxjs';
import { type GuestheadError } from '../errors.js';
import type { ConnectorInfo } from '../gpus/index.js';
import { openGpus, parseHeadOptions, type Gpus, type Head } from '../head/index.js';
import { loadNative } from '../native/index.js';
import { CpuMeter, emulationOf, FaultLog, judgeRun, type RunResult } from '../report/index.js';
import type { HostCaptures } from '../render/index.js';
import { FlipFeed } from './flip-feed.js';
import type { HeadPainter, OnDrawn, OpenedHead } from './head-painter.js';
import { paintersOf } from './painters.js';
import type { WitnessRequest } from '../lab/index.js';
import { measure, type Measurement } from './measure.js';
import { observersOf, type FinishedRun, type RunObserver } from './observers.js';
import type { HeadRunOptions, RunOptions, RunPattern } from './run-options.js';
import { RunSignals } from './run-signals.js';
import { StartTimes } from './start-times.js';
import { showStatus } from './status-line.js';
import { drawOf, isGlOnly } from './who-draws.js';

/** Set by `guesthead lab run --capture N`: how many captures the host is ready to take. */
const capturesVariable = 'GUESTHEAD_CAPTURES';
/** Set by the lab for every command: its accelerator. */
const labVariable = 'GUESTHEAD_LAB';

/** A head in this run. */
interface Member extends OpenedHead {
  readonly painter: HeadPainter;
  readonly faults: FaultLog;
}

type Captures = Pick<WitnessRequest, 'captures' | 'judge'>;

export interface RunOutcome {
  /** One for each head. */
  readonly results: readonly RunResult[];
  /** Why something that goes along with the run has none of it: a report that could not be written. */
  readonly failures: readonly unknown[];
}

export async function runHeads(all: RunOptions): Promise<RunOutcome> {
  parseHeadOptions({ ...all, connector: undefined }); // bad usage shall say so on any machine
  drawOf(all);
  const observers = await observersOf(all);
  const signals = new RunSignals();
  let gpus: Gpus | undefined;
  try {
    const { render, display, wait, reopen, ...options } = all;
    const start = new StartTimes();
    gpus = await openGpus({ render, display, wait, reopen, onWait: sayWaiting, kernel: start.timed() });
    return await runOn(gpus, options, observers, signals, start);
  } catch (error) {
    for (const observer of observers) await observer.fail?.(error);
    throw error;
  } finally {
    await closeAll(observers).finally(() => gpus?.close());
    signals.close();
  }
}

async function runOn(
  gpus: Gpus,
  options: HeadRunOptions,
  observers: readonly RunObserver[],
  { signal$ }: RunSignals,
  start: StartTimes,
): Promise<RunOutcome> {
  const captures = Number(process.env[capturesVariable] ?? 0);
  const pattern = options.pattern ?? (captures > 0 ? 'counter' : 'bars');
  const { openHead, paint, gl$ } = await paintersOf(gpus, pattern, options, start);
  const opened: OpenedHead[] = [];
  for (const connector of namesOf(gpus, options.connector ?? []))
    opened.push(await openHead({ ...options, connector }));
  const heads = opened.map(({ head }) => head);
  for (const observer of observers) await observer.begin?.(heads, gl$);
  const members: Member[] = [];
  try {
    for (const { head, refused } of opened)
      members.push({
        head,
        refused,
        painter: await paint(head, drawnTeller(observers)),
        faults: new FaultLog(head.faults$),
      });
    const runs = await runMembers(members, { gpus, signal$, start }, options, capturesOf(captures, pattern));
    return { results: runs.map(({ result }) => result), failures: await endAll(observers, runs) };
  } finally {
    for (const { painter } of members) painter.close();
  }
}

/** Nothing where nobody listens: it is called for each frame. */
function drawnTeller(observers: readonly RunObserver[]): OnDrawn | undefined {
  const listening = observers.filter((observer) => observer.drawn !== undefined);
  if (listening.length === 0) return undefined;
  return (drawing, calledAt) => {
    for (const observer of listening) observer.drawn?.(drawing, calledAt);
  };
}

/** Of what host captures are judged by. */
function capturesOf(captures: number, pattern: RunPattern): Captures {
  return {
    captures: pattern === 'counter' || isGlOnly(pattern) ? captures : 0,
    judge: pattern === 'counter' ? 'pixels' : 'codes',
  };
}

/** What was measured is not lost with a full disk. */
async function endAll(observers: readonly RunObserver[], runs: readonly FinishedRun[]): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const observer of observers)
    try {
      await observer.end?.(runs);
    } catch (error) {
      failures.push(error);
    }
  return failures;
}

/** All of them, also when one fails; the first failure is then thrown. */
async function closeAll(observers: readonly RunObserver[]): Promise<void> {
  const endings = await Promise.allSettled(observers.map(async (observer) => observer.close?.()));
  for (const ending of endings) if (ending.status === 'rejected') throw ending.reason;
}

function namesOf(gpus: Gpus, wanted: readonly string[]): readonly (string | undefined)[] {
  if (wanted.length === 0) return [undefined];
  if (!wanted.includes('all')) return wanted;
  const connected = gpus.connectors().filter(({ status }) => status === 'connected');
  return connected.length === 0 ? [undefined] : connected.map(({ name }) => name); // none: the open says so
}

interface Surroundings {
  readonly gpus: Gpus;
  readonly signal$: Observable<unknown>;
  readonly start: StartTimes;
}

/** All flip until all have been measured and captured. */
async function runMembers(
  members: readonly Member[],
  { gpus, signal$, start }: Surroundings,
  options: HeadRunOptions,
  captures: Captures,
): Promise<FinishedRun[]> {
  const flipping = members.map((member) => ({
    ...member,
    feed: new FlipFeed(member.head, member.painter.draw),
  }));
  const hideStatus = showStatus(members.map(({ head }) => head));
  const cpu = new CpuMeter();
  try {
    const measured = await Promise.all(
      flipping.map(async (member) => ({ member, measurement: await measure(member, cpu, options, signal$, start) })),
    );
    hideStatus();
    await gpus.checkPause();
    const machine = machineOf(gpus, options);
    const runs: FinishedRun[] = [];
    for (const { member, measurement } of measured) runs.push(await judge(member, measurement, captures, machine));
    return runs;
  } finally {
    hideStatus();
    for (const { feed } of flipping) feed.stop();
  }
}

/** What the verdict must know of the machine. */
interface JudgedMachine {
  /** Why the pace says nothing; undefined where it is judged. */
  readonly emulation: string | undefined;
  /** Whether the host may have a screen that sets the pace: the lab has none, and what looks like it there is a busy host. */
  readonly hasScreen: boolean;
  readonly modesOf: (connector: string) => ConnectorInfo['modes'];
}

function machineOf(gpus: Gpus, { strict = false }: HeadRunOptions): JudgedMachine {
  const lab = process.env[labVariable];
  const traces = () => ({ lab, hypervisor: loadNative().hypervisor(), cpuinfo: readFileSync('/proc/cpuinfo', 'utf8') });
  return {
    emulation: strict ? undefined : emulationOf(traces()),
    hasScreen: strict || lab === undefined,
    modesOf: (connector) => gpus.connectors().find(({ name }) => name === connector)?.modes ?? [],
  };
}

async function judge(
  { head, refused, painter, faults }: Member,
  { figures, error, fromMs, toMs, hostPace, samples }: Measurement,
  captures: Captures,
  { emulation, hasScreen, modesOf }: JudgedMachine,
): Promise<FinishedRun> {
  const { info, pacing } = head;
  const failures = error === undefined ? [] : [`${error.code}: ${error.message}`];
  const drawn = painter.drawn();
  const host = captures.captures > 0 && failures.length === 0 ? await ask(captures, info.display) : null;
  const modes = modesOf(info.display.connector);
  const pace = {
    pacing,
    emulation,
    modes,
    hostPace: hasScreen ? hostPace : undefined,
    drawn,
    judgedBy: captures.judge,
  };
  const result = judgeRun({ ...info, refused: [...refused, ...info.refused] }, figures, {
    ...pace,
    faults: faults.list(),
    host,
    failures,
  });
  return { head, result: samples === undefined ? result : { ...result, samples }, fromMs, toMs, error };
}

async function ask(captures: Captures, { connector, head }: Head['info']['display']): Promise<HostCaptures> {
  const { askWitness } = await import('../lab/index.js');
  const { faults, ...counts } = await askWitness({ ...captures, head });
  for (const fault of faults) process.stderr.write(`host capture of ${connector}: ${fault}\n`);
  return counts;
}

function sayWaiting(why: GuestheadError): void {
  process.stderr.write(`waiting: ${why.message}\n`);
}
