/** Makes checks; a failure becomes one, too, and never the end of the probe. */
import { coded, GuestheadError, messageOf, type ErrorCode } from '../errors.js';
import type { Check, CheckStatus } from './report.js';

/** What is the same for a check however it ends. */
export interface Question {
  readonly id: string;
  readonly why: string;
  readonly device?: string | undefined;
}

export function answer(
  { id, why, device }: Question,
  status: CheckStatus,
  found: string,
  advice: string | null = null,
): Check {
  return { id, status, found, why, advice, ...(device === undefined ? {} : { device }) };
}

export function ok(question: Question, found: string, advice: string | null = null): Check {
  return answer(question, 'ok', found, advice);
}

export function no(question: Question, found: string, advice: string | null): Check {
  return answer(question, 'no', found, advice);
}

export function unknown(question: Question, found: string, advice: string | null = null): Check {
  return answer(question, 'unknown', found, advice);
}

/** The coded failure with its advice, or `otherwise` where it brings none. */
export function failed(
  question: Question,
  error: unknown,
  status: CheckStatus = 'no',
  otherwise: string | null = null,
): Check {
  const known = coded(error);
  if (!(known instanceof GuestheadError)) return answer(question, status, messageOf(known), otherwise);
  const { code, message, advice } = known;
  return { ...answer(question, status, `${code}: ${message}`, advice ?? otherwise), code };
}

/** Nothing was refused then; what it takes is only not there now. */
const notNow: readonly ErrorCode[] = ['ERR_NOT_MASTER', 'ERR_NO_CONNECTOR'];

/** Of a trial. */
export function statusOfFailure(error: unknown): CheckStatus {
  return error instanceof GuestheadError && notNow.includes(error.code) ? 'unknown' : 'no';
}

/** What was read, or why it could not be. */
export type Attempt<T> = { readonly value: T } | { readonly fault: unknown };

export function attempt<T>(read: () => T): Attempt<T> {
  try {
    return { value: read() };
  } catch (fault) {
    return { fault };
  }
}

export function valueOf<T>(tried: Attempt<T>): T | undefined {
  return 'value' in tried ? tried.value : undefined;
}
