/** What `auto` would take, and why not a better path. */
import type { PathTrial, TrialDevices, Trials } from './trials.js';
import type { FlipTrial } from './flip.js';
import type { Check, CheckStatus, Verdict } from './report.js';

/** `devices` is undefined where there are none to try; `flip` where none was asked for. */
export function judge(
  { checks, paths }: Trials,
  devices: TrialDevices | undefined,
  flip: FlipTrial | undefined,
): Verdict {
  const taken = pathTaken(paths, flip);
  const objection = flip === undefined ? objectionTo(taken, checks) : undefined;
  const status = objection === undefined ? statusOf(taken, flip) : 'no';
  const better = taken === undefined ? paths : paths.slice(0, paths.indexOf(taken));
  const refusals = better.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal]));
  return {
    status,
    path: status === 'no' ? null : (taken?.path ?? null),
    render: devices?.render.node ?? null,
    display: devices?.display.node ?? null,
    refused: refusals.map(({ path, code, advice }) => ({ path, code, advice })),
    text: sentence(status, taken, refusals, objection ?? flip?.check),
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

/** What makes the screen stay black although every call succeeds, on the paths whose buffers the host must read. */
function objectionTo(taken: PathTrial | undefined, checks: readonly Check[]): Check | undefined {
  if (taken?.path !== 'import' && taken?.path !== 'udmabuf') return undefined;
  const ids = taken.path === 'import' ? ['trials.placement', 'trials.host'] : ['trials.host'];
  return checks.find(({ id, status }) => status === 'no' && ids.includes(id));
}

const meaning: Readonly<Record<PathTrial['path'], string>> = {
  import: 'the best: no byte of a frame is copied',
  udmabuf: 'without a copy, for pictures that the CPU draws',
  export: 'without a copy in the guest, in the display’s own buffers',
  copy: 'each frame is copied once',
};

type PathRefusal = NonNullable<PathTrial['refusal']>;

function sentence(
  status: CheckStatus,
  taken: PathTrial | undefined,
  refusals: readonly PathRefusal[],
  objection: Check | undefined,
): string {
  if (taken === undefined) return noPath(refusals);
  if (status === 'no')
    return `\`auto\` takes ${taken.path}, but in earnest it would fail: ${objection?.found ?? 'the flip did'}`;
  const { path, refusal } = taken;
  const rest = butNot(refusals);
  if (refusal === undefined || status === 'ok') return `\`auto\` takes ${path}, ${meaning[path]}${rest}`;
  return `\`auto\` would take ${path}, but it could not be tried to the end: ${refusal.code}: ${refusal.message}${rest}`;
}

/** What is the matter with all of them is the machine's fault, and no path's. */
function noPath(refusals: readonly PathRefusal[]): string {
  const [first] = refusals;
  const isCommon = refusals.every(({ code, message }) => code === first?.code && message === first.message);
  if (first === undefined || !isCommon) return `no path works: ${reasons(refusals)}`;
  const advice = first.advice === first.message ? '' : `: ${first.advice}`;
  return `no path works: ${first.code}: ${first.message}${advice}`;
}

function butNot(refusals: readonly PathRefusal[]): string {
  return refusals.length === 0 ? '' : `; not ${reasons(refusals)}`;
}

/** Paths with the same reason together: `import, udmabuf (ERR_IMPORT_REFUSED: …)`. */
function reasons(refusals: readonly PathRefusal[]): string {
  const byReason = new Map<string, string[]>();
  for (const { path, code, advice } of refusals) {
    const reason = `${code}: ${advice}`;
    byReason.set(reason, [...(byReason.get(reason) ?? []), path]);
  }
  return [...byReason].map(([reason, paths]) => `${paths.join(', ')} (${reason})`).join('; ');
}
