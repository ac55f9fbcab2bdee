/** How a failure reads, and the exit status it becomes. */
import { GuestheadError, messageOf, type ErrorCode } from '../errors.js';
import { forTerminal } from './word-wrap.js';

export const failStatus = 1;
export const usageStatus = 2;
export const noDeviceStatus = 3;
/** What `git bisect run` takes for "cannot be tested", and what env, timeout and docker end with when they fail themselves. */
export const notBootedStatus = 125;
/** As shells have it. */
const noProgramStatus = 127;

const usage: readonly ErrorCode[] = ['ERR_USAGE', 'ERR_NO_MODE'];
const noDevice: readonly ErrorCode[] = [
  'ERR_NO_DEVICE',
  'ERR_NOT_DRM',
  'ERR_PERMISSION',
  'ERR_NOT_MASTER',
  'ERR_SEAT',
  'ERR_NO_CONNECTOR',
  'ERR_NO_PLANE',
  'ERR_UNSUPPORTED',
  'ERR_IMPORT_REFUSED',
  'ERR_LIBRARY_MISSING',
  'ERR_ADDON_MISSING',
];

/** 1 a failed run, 2 bad usage, 3 no suitable device here. */
export function exitStatus(error: unknown): number {
  if (!(error instanceof GuestheadError)) return failStatus;
  if (error.code === 'ERR_NO_PROGRAM') return noProgramStatus;
  if (usage.includes(error.code)) return usageStatus;
  return noDevice.includes(error.code) ? noDeviceStatus : failStatus;
}

/** On standard error. */
export function sayFailure(error: unknown): void {
  process.stderr.write(forTerminal(`${failureLines(error).join('\n')}\n`, process.stderr));
}

export function failureLines(error: unknown): string[] {
  if (!(error instanceof GuestheadError))
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  const lines = [`guesthead: ${error.code}: ${error.message}`];
  if (error.advice !== undefined) lines.push(`  → ${error.advice}`);
  return lines;
}

/** What `--json` prints for a run that could not start or broke off without figures. */
export function failureJson(error: unknown): object {
  const known = error instanceof GuestheadError ? error : undefined;
  return {
    verdict: 'fail',
    reasons: [known === undefined ? messageOf(error) : `${known.code}: ${known.message}`],
    error: { code: known?.code ?? 'ERR_SYSTEM', message: messageOf(error), advice: known?.advice ?? null },
  };
}
