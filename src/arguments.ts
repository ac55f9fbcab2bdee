/**
 * What the public functions were given, looked at before it is used: a program without types gets ERR_USAGE that says
 * what is wrong, and not V8's own TypeError from somewhere below.
 */
import { GuestheadError } from './errors.js';

/** In a message: a text in quotes, so that '4' is told from 4. Takes anything. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'A list' : 'An object';
  return typeof value === 'function' ? 'A function' : String(value);
}

/** Throws ERR_USAGE unless it holds; `what` completes "… is no …". */
export function assertGiven(holds: boolean, value: unknown, what: string, advice?: string): asserts holds {
  if (!holds) throw new GuestheadError('ERR_USAGE', `${shown(value)} is no ${what}`, { advice });
}

/** Whether its members can be asked for. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** A number that stands for an open file, as far as can be told without the kernel. */
export function isDescriptor(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31;
}
