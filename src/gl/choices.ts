/** Who draws, where either may: the CPU, the render GPU, or the latter where its driver is no software. */
export const drawNames = ['cpu', 'gl', 'auto'] as const;
export type DrawName = (typeof drawNames)[number];
