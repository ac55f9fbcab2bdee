/**
 * The event loop as a real-time thread. What it does for a frame takes fractions of a millisecond; where a GPU's driver draws with the
 * processor, or clients compute, it waits for its turn many times as long otherwise. sway and KWin do so, too.
 */
import type { Choice } from '../declare.js';
import { loadNative } from '../native/index.js';

export const realTimeOption = {
  kind: 'choice',
  named: 'way to schedule',
  value: '<when>',
  says: 'whether the event loop comes before what is no real-time thread: auto, where the system permits it, or never',
  choices: ['auto', 'never'],
  standard: 'auto',
} as const satisfies Choice;

type When = (typeof realTimeOption.choices)[number];

/** Whether the calling thread is one from now on. Threads and processes that it starts are not. */
export function takeRealTime(when: When = realTimeOption.standard): boolean {
  return when === 'auto' && loadNative().runInRealTime();
}
