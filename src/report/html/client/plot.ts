/** What all charts have in common: size, axes, colours, no interaction of the library's own. */
import { colour, onThemeChange } from './theme.js';

export const font = '12px system-ui, sans-serif';
const none = (): null => null;
/** Ours are for mouse, touch and keyboard alike. */
const noListeners: uPlot.Cursor.Bind = {
  mousedown: none,
  mouseup: none,
  click: none,
  dblclick: none,
  mousemove: none,
  mouseleave: none,
  mouseenter: none,
};

/** For marks above the plot, CSS pixels. */
export const marksHeight = 18;
export const axisHeight = 30;
/** For the half of the last tick's text. */
const rightMargin = 26;

export interface PlotOptions {
  readonly height: number;
  readonly x: uPlot.Axis;
  readonly y: uPlot.Axis;
  readonly scales: uPlot.Scales;
  readonly series: uPlot.Series | readonly uPlot.Series[];
  readonly hooks: uPlot.Hooks.Arrays;
  readonly cursor?: boolean;
}

/** As wide as `place`, and so it stays; drawn again when the theme changes. */
export function createPlot(place: HTMLElement, data: uPlot.AlignedData, options: PlotOptions): uPlot {
  const { height } = options;
  const plot = new uPlot(
    {
      width: place.clientWidth,
      height,
      padding: [marksHeight, rightMargin, 0, 0],
      legend: { show: false },
      cursor: {
        show: options.cursor === true,
        y: false,
        points: { show: false },
        drag: { x: false, y: false },
        bind: noListeners,
      },
      scales: options.scales,
      series: [{}, ...[options.series].flat()],
      axes: [axis({ size: axisHeight, ...options.x }), axis({ size: 62, ...options.y })],
      hooks: options.hooks,
    },
    data,
    place,
  );
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height })).observe(place);
  onThemeChange(() => plot.redraw(true, true));
  return plot;
}

function axis(options: uPlot.Axis): uPlot.Axis {
  return {
    font,
    stroke: () => colour('text'),
    grid: { stroke: () => colour('grid'), width: 1 },
    ticks: { stroke: () => colour('grid'), width: 1, size: 4 },
    ...options,
  };
}

/** With as many decimals as the ticks' distance asks for. */
export function values(unit: string): uPlot.Axis.DynamicValues {
  return (_plot, splits, _axis, _space, increment) => {
    const decimals = decimalsOf(increment);
    return splits.map((value) => `${value.toFixed(decimals)} ${unit}`);
  };
}

function decimalsOf(increment: number): number {
  const isExact = (decimals: number) => Math.abs(increment - Number(increment.toFixed(decimals))) < increment / 1000;
  return [0, 1, 2, 3, 4, 5].find(isExact) ?? 6;
}
