/** What `auto` would take, and why not a better path. */
import type { Refusal } from '../buffer/index.js';
import type { PathTrial, TrialDevices, Trials } from './trials.js';
import type { FlipTrial } from './flip.js';
import type { CheckStatus, Verdict } from './report.js';

/** `devices` is undefined where there are none to try; `flip` where none was asked for. */
export function judge({ paths }: Trials, devices: TrialDevices | undefined, flip: FlipTrial | undefined): Verdict {
  const taken = pathTaken(paths, flip);
  const status = statusOf(taken, flip);
  const better = taken === undefined ? paths : paths.slice(0, paths.indexOf(taken));
  const refused = better.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal]));
  return {
    status,
    path: status === 'no' ? null : (taken?.path ?? null),
    render: devices?.render.node ?? null,
    display: devices?.display.node ?? null,
    refused,
    text: sentence(status, taken, refused, flip),
  };
}

/** A real flip knows better than a trial. */
function pathTaken(paths: readonly PathTrial[], flip: FlipTrial | undefined): PathTrial | undefined {
  const flipped = paths.find(({ path }) => path === flip?.path);
  return flipped ?? paths.find(({ status }) => status === 'ok') ?? paths.find(({ status }) => status === 'unknown');
}

function statusOf(taken: PathTrial | undefined, flip: FlipTrial | undefined): CheckStatus {
  if (taken === undefined) return 'no';
  if (flip?.path !== undefined) return 'ok';
  return flip !== undefined && taken.status === 'ok' ? 'no' : taken.status;
}

const meaning: Readonly<Record<PathTrial['path'], string>> = {
  import: 'the best: no byte of a frame is copied',
  udmabuf: 'without a copy, for pictures that the CPU draws',
  export: 'without a copy in the guest, in the display’s own buffers',
  copy: 'each frame is copied once',
};

function sentence(
  status: CheckStatus,
  taken: PathTrial | undefined,
  refused: readonly Refusal[],
  flip: FlipTrial | undefined,
): string {
  if (taken === undefined) return `no path works: ${reasons(refused)}`;
  if (status === 'unknown') {
    const { code, advice } = taken.refusal ?? { code: 'ERR_SYSTEM', advice: 'see the trials' };
    return `\`auto\` would try ${taken.path}, which could not be tried to the end: ${code}: ${advice}${butNot(refused)}`;
  }
  if (status === 'no') return `${taken.path} works in a trial, but not in earnest: ${flip?.check.found ?? ''}`;
  return `\`auto\` takes ${taken.path}, ${meaning[taken.path]}${butNot(refused)}`;
}

function butNot(refused: readonly Refusal[]): string {
  return refused.length === 0 ? '' : `; not ${reasons(refused)}`;
}

/** Paths with the same reason together: `import, udmabuf (ERR_IMPORT_REFUSED: …)`. */
function reasons(refused: readonly Refusal[]): string {
  const byReason = new Map<string, string[]>();
  for (const { path, code, advice } of refused) {
    const reason = `${code}: ${advice}`;
    byReason.set(reason, [...(byReason.get(reason) ?? []), path]);
  }
  return [...byReason].map(([reason, paths]) => `${paths.join(', ')} (${reason})`).join('; ');
}
