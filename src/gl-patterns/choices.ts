/** What a run's GL options choose from. */

/** Patterns that only the render GPU draws. */
export const glPatternNames = ['smpte', 'cube', 'plasma', 'latency'] as const;

/** How the end of a frame's rendering is told to the display; `gl/scene.ts` has the first four. */
export const fenceNames = ['auto', 'native', 'finish', 'implicit', 'none'] as const;
export type FenceName = (typeof fenceNames)[number];
