/** What a check of the host says, and what all of them come to. */

export type CheckStatus = 'ok' | 'no' | 'unknown';

export interface HostCheck {
  /** Stable: programs may look for it. */
  readonly id: string;
  readonly status: CheckStatus;
  /** Without it the guest cannot do it at all; else it is only slower or less exact. */
  readonly needed: boolean;
  /** What was read. */
  readonly found: string;
  /** Why it matters. */
  readonly why: string;
  /** What to change; null where there is nothing to. */
  readonly advice: string | null;
}

export interface HostReport {
  /** `no` where something needed is missing; `unknown` where something needed could not be read. */
  readonly verdict: CheckStatus;
  readonly checks: readonly HostCheck[];
}

/** What a check found; advice is kept only where it is not ok. */
export interface Finding {
  readonly status: CheckStatus;
  readonly found: string;
  readonly advice?: string;
}

export function check(id: string, needed: boolean, why: string, { status, found, advice }: Finding): HostCheck {
  return { id, status, needed, found, why, advice: status === 'ok' ? null : (advice ?? null) };
}

/** `ok` or `no`. */
export function judged(ok: boolean): CheckStatus {
  return ok ? 'ok' : 'no';
}

export function verdictOf(checks: readonly HostCheck[]): CheckStatus {
  const needed = checks.filter((each) => each.needed).map(({ status }) => status);
  if (needed.includes('no')) return 'no';
  return needed.includes('unknown') ? 'unknown' : 'ok';
}

export function describeChecks({ verdict, checks }: HostReport): string[] {
  return [...checks.flatMap(describe), `verdict: ${verdicts[verdict]}`];
}

function describe({ id, status, needed, found, why, advice }: HostCheck): string[] {
  const line = `${status.padEnd(8)}${id}: ${found}`;
  if (status === 'ok') return [line];
  const weight = needed ? '' : ' (not needed)';
  return [line, `          ${why}${weight}`, ...(advice === null ? [] : [`        → ${advice}`])];
}

const verdicts: Readonly<Record<CheckStatus, string>> = {
  ok: 'ok: this host has all that is needed',
  no: 'no: something needed is missing',
  unknown: 'unknown: nothing needed is known to be missing, but not all could be read',
};
