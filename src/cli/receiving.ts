/** What `host broker` and `host receive` share: where received pictures go, when it is enough, and what is said of it. */
import { Option, type Command } from 'commander';
import type { Judgement, Sink } from '../sinks/index.js';
import type { Consumer, ReceivedBuffer } from '../transfer/index.js';
import { exitStatus, failStatus, failureJson, sayFailure } from './failure.js';
import { wholeNumber } from './parse.js';
import { withoutEcho } from './signal-echo.js';

export interface ReceivingOptions {
  readonly png?: string;
  readonly y4m?: string;
  readonly judge?: boolean;
  readonly hz: number;
  readonly frames?: number;
  readonly json?: boolean;
}

/** What `--hz` and `--frames` mean to the command. */
interface Meanings {
  readonly hz: { readonly says: string; readonly standard?: number };
  readonly frames: string;
}

/** Where the pictures go, how many are wanted, and how the result is printed. */
export function addPictureOptions(command: Command, { hz, frames }: Meanings): Command {
  const rate = new Option('--hz <n>', hz.says).argParser(wholeNumber(1, 1000));
  return command
    .addOption(
      new Option('--png <file>', 'save one picture: the first, or that of --frames').conflicts(['y4m', 'judge']),
    )
    .addOption(new Option('--y4m <file>', 'a film for a player or an encoder; - = standard output').conflicts('judge'))
    .option('--judge', 'compare each picture with what the counter pattern must look like')
    .addOption(hz.standard === undefined ? rate : rate.default(hz.standard))
    .option('--frames <n>', frames, wholeNumber(1))
    .option('--json', 'print one JSON object at the end (to standard error where the film takes standard output)');
}

/** Frames a second of a film of which nothing else is said. */
export const filmHz = 30;

export function addReceivingOptions(command: Command): Command {
  const hz = { says: 'frames a second that the film says it has', standard: filmHz };
  return addPictureOptions(command, { hz, frames: 'end after so many' });
}

/** Undefined where nobody asked for pictures. */
export async function sinkOf({ png, y4m, judge, hz }: ReceivingOptions): Promise<Sink | undefined> {
  if (png === undefined && y4m === undefined && judge !== true) return undefined;
  const { judgeSink, pngSink, y4mSink } = await import('../sinks/index.js');
  if (png !== undefined) return pngSink(png);
  return y4m === undefined ? judgeSink() : y4mSink(y4m, hz);
}

/** How many are wanted; undefined: until somebody ends it. */
export function wanted({ frames, png }: ReceivingOptions): number | undefined {
  return frames ?? (png === undefined ? undefined : 1);
}

export interface Received {
  readonly received: number;
  /** Whether the sink has had as many as were wanted. */
  readonly enough: boolean;
  readonly facts: object;
}

/** Until it is enough, or the consumer is closed; each buffer is released as soon as the sink has read it. */
export async function receive(consumer: Consumer, sink: Sink | undefined, most = Infinity): Promise<Received> {
  let received = 0;
  if (received < most)
    for await (const buffer of consumer) {
      const next = put(buffer, sink);
      if (next === undefined) continue;
      received++;
      await next.ready;
      if (received >= most) break;
    }
  const facts = (await sink?.end()) ?? {};
  return { received, enough: received >= most, facts };
}

/** Undefined where the producer has taken it back meanwhile. */
function put(
  buffer: ReceivedBuffer,
  sink: Sink | undefined,
): { readonly ready: Promise<void> | undefined } | undefined {
  if (!buffer.isHeld) return undefined;
  try {
    const ready = sink && buffer.read((pixels) => sink.write({ ...shape(buffer), pixels }));
    return { ready: ready ?? undefined };
  } finally {
    buffer.release();
  }
}

function shape({ width, height, format, strideBytes, sequence }: ReceivedBuffer) {
  return { width, height, format, strideBytes, sequence };
}

/** Why what was received is not what was wanted; empty where it is. */
function reasonsOf({ received, enough, facts }: Received, options: ReceivingOptions): string[] {
  const most = wanted(options);
  const few = most === undefined || enough ? [] : [`${received} of ${most} frames came`];
  if (options.judge !== true) return few;
  const { exact, torn, unreadable, late, wrong } = facts as Judgement;
  if (received === 0) return ['nothing came that could be judged'];
  const flawless = exact === received && late === 0;
  const counts = `${received - exact} of ${received} are not exact (${torn} torn, ${unreadable} unreadable), ${late} came late`;
  return flawless ? few : [...few, `${counts}: ${wrong ?? ''}`];
}

/** The command's result; `more` are figures of its own, `says` is for people. */
export function resultOf<More extends { readonly ended: string; readonly memory: string; readonly says: string }>(
  received: Received,
  options: ReceivingOptions,
  more: More,
) {
  const reasons = reasonsOf(received, options);
  const verdict = reasons.length === 0 ? 'pass' : 'fail';
  return { verdict, reasons, received: received.received, ...more, ...received.facts };
}

/** Resolves with the first signal that asks for an end. A second one ends the process. */
export function whenAsked(): Promise<string> {
  return new Promise((resolve) => {
    const signals = ['SIGINT', 'SIGTERM'] as const;
    let asked = false;
    const stop = withoutEcho((signal) => {
      if (!asked) resolve(signal);
      else {
        for (const one of signals) process.off(one, stop);
        process.kill(process.pid, signal);
      }
      asked = true;
    });
    for (const one of signals) process.on(one, stop);
  });
}

/** Prints what `work` returns, and sets the exit status; a failure is JSON, too, where that was asked for. */
export async function print(
  { json, y4m }: ReceivingOptions,
  work: () => Promise<{ readonly verdict: string; readonly reasons: readonly string[]; readonly says: string }>,
): Promise<void> {
  const output = y4m === '-' ? process.stderr : process.stdout;
  try {
    const { says, ...result } = await work();
    const text = [says, [result.verdict, ...result.reasons].join('\n  ')].join('\n');
    output.write(`${json === true ? JSON.stringify(result) : text}\n`);
    process.exitCode = result.verdict === 'pass' ? 0 : failStatus;
  } catch (error) {
    sayFailure(error);
    if (json === true) output.write(`${JSON.stringify(failureJson(error))}\n`);
    process.exitCode = exitStatus(error);
  }
}
