/** A state's colour with a hatching of its own, so that colour alone tells nothing. */
import { colour } from './theme.js';
import type { State } from './frames.js';

/** In a tile of 8 by 8 CSS pixels; `current` is plain. */
const hatchings: Readonly<Record<State, (ctx: CanvasRenderingContext2D) => void>> = {
  drawing: (ctx) => {
    line(ctx, -2, 10, 10, -2);
    line(ctx, -2, 2, 2, -2);
    line(ctx, 6, 10, 10, 6);
  },
  queued: (ctx) => {
    for (const [x, y] of [
      [2, 2],
      [6, 6],
    ] as const)
      ctx.fillRect(x - 1, y - 1, 2, 2);
  },
  current: () => undefined,
  draining: (ctx) => line(ctx, 0, 4, 8, 4),
};
const tile = 8;

const made = new Map<string, CanvasPattern | string>();

export function fillOf(ctx: CanvasRenderingContext2D, state: State): CanvasPattern | string {
  const key = `${state} ${colour(state)} ${devicePixelRatio}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const fill = ctx.createPattern(tileOf(state), 'repeat') ?? colour(state);
  made.set(key, fill);
  return fill;
}

function tileOf(state: State): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.round(tile * devicePixelRatio);
  const ctx = canvas.getContext('2d');
  if (ctx === null) return canvas;
  ctx.scale(canvas.width / tile, canvas.height / tile);
  ctx.fillStyle = colour(state);
  ctx.fillRect(0, 0, tile, tile);
  [ctx.fillStyle, ctx.strokeStyle, ctx.lineWidth] = [colour('hatch'), colour('hatch'), 1.2];
  hatchings[state](ctx);
  return canvas;
}

function line(ctx: CanvasRenderingContext2D, ...[fromX, fromY, toX, toY]: [number, number, number, number]): void {
  ctx.beginPath();
  ctx.moveTo(fromX, fromY);
  ctx.lineTo(toX, toY);
  ctx.stroke();
}
