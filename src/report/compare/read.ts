/** A run's result as `guesthead run --json --samples` printed it, read back. */
import * as v from 'valibot';
import { GuestheadError } from '../../errors.js';

const count = v.pipe(v.number(), v.minValue(0));
const values = v.array(v.pipe(v.number(), v.finite()));

const samplesSchema = v.object({
  commitMs: values,
  flipMs: values,
  latencyMs: values,
  drawMs: values,
  flushFenceMs: values,
  intervalMs: values,
});

const headSchema = v.object({
  verdict: v.picklist(['pass', 'fail']),
  reasons: v.array(v.string()),
  path: v.string(),
  render: v.object({ driver: v.string() }),
  display: v.object({ driver: v.string(), connector: v.string() }),
  mode: v.object({ width: count, height: count, refreshHz: v.pipe(v.number(), v.gtValue(0)) }),
  frames: count,
  flipsPerSecond: count,
  missedFlips: count,
  tearRisk: count,
  starved: count,
  cpuMsPerFlip: count,
  bytesCopiedPerFrame: count,
  /** By whose pace the verdict judged, and what failed: runs of before it was told have none. */
  judged: v.optional(v.object({ pace: v.string(), failed: v.optional(v.array(v.string())) })),
  samples: v.optional(samplesSchema),
});

const verdictSchema = v.object({ verdict: v.picklist(['pass', 'fail']), reasons: v.array(v.string()) });

export type Samples = v.InferOutput<typeof samplesSchema>;
type RecordedHead = v.InferOutput<typeof headSchema>;

/** One head's part of a run. */
export interface ComparableHead extends RecordedHead {
  readonly samples: Samples;
}

export interface ComparableRun {
  readonly verdict: 'pass' | 'fail';
  readonly reasons: readonly string[];
  /** None where the run failed before it had figures. */
  readonly heads: readonly ComparableHead[];
}

const runAdvice = 'make it by: guesthead run --json --samples > FILE';

/**
 * The JSON object that a text is, or that its last line is. Throws ERR_USAGE for what is no run's
 * result, or one without samples.
 */
export function parseRun(text: string, name: string): ComparableRun {
  const json = objectIn(text);
  const run = v.safeParse(verdictSchema, json);
  if (json === undefined || !run.success)
    throw new GuestheadError('ERR_USAGE', `${name} holds no result of a run`, { advice: runAdvice });
  const heads =
    'error' in json ? [] : 'heads' in json && Array.isArray(json.heads) ? (json.heads as unknown[]) : [json];
  return { ...run.output, heads: heads.map((head) => headOf(head, name)) };
}

function objectIn(text: string): object | undefined {
  const lastLine = text.trimEnd().split('\n').at(-1) ?? '';
  for (const candidate of [text, lastLine])
    try {
      const value: unknown = JSON.parse(candidate);
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // the other one may be it
    }
  return undefined;
}

function headOf(json: unknown, name: string): ComparableHead {
  const head = v.safeParse(headSchema, json);
  if (!head.success) {
    const [issue] = head.issues;
    throw new GuestheadError(
      'ERR_USAGE',
      `${name} is not as a run is: ${v.getDotPath(issue) ?? ''}: ${issue.message}`,
      {
        advice: runAdvice,
      },
    );
  }
  const { samples } = head.output;
  if (samples === undefined)
    throw new GuestheadError('ERR_USAGE', `${name} has no samples`, { advice: 'run with --json --samples' });
  return { ...head.output, samples };
}
