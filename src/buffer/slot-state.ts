/** The states of a backbuffer, between which only `swapchain.ts` moves it. */

export type SlotState = 'free' | 'drawing' | 'queued' | 'current' | 'draining' | 'lost';

export type StateCounts = Record<SlotState, number>;

export function allFree(free: number): StateCounts {
  return { free, drawing: 0, queued: 0, current: 0, draining: 0, lost: 0 };
}

/** For people. */
export const waitsFor: Record<SlotState, string> = {
  free: 'waits for nothing',
  drawing: 'is being drawn or waits for its commit',
  queued: 'waits for its flip event',
  current: 'is on the screen',
  draining: 'waits for its flush fence',
  lost: 'is lost with its device',
};
