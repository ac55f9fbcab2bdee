/** Which mode of a head is as fast as the host's screen. */

export interface OfferedMode {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly refreshHz: number;
}

/** Of the rate: what a flip in a hundred makes up for. */
const tolerance = 0.01;

/** As `--mode` takes it: of the present size, or else of the nearest one; null where no mode is as fast. */
export function matchingMode(
  modes: readonly OfferedMode[],
  present: Pick<OfferedMode, 'width' | 'height'>,
  hz: number,
): string | null {
  const pixelsApart = ({ width, height }: OfferedMode) => Math.abs(width * height - present.width * present.height);
  const isPresent = ({ width, height }: OfferedMode) => width === present.width && height === present.height;
  const [best] = modes
    .filter(({ refreshHz }) => Math.abs(refreshHz - hz) <= tolerance * hz)
    .sort(
      (a, b) =>
        Number(isPresent(b)) - Number(isPresent(a)) ||
        pixelsApart(a) - pixelsApart(b) ||
        Math.abs(a.refreshHz - hz) - Math.abs(b.refreshHz - hz),
    );
  return best === undefined ? null : `${best.width}x${best.height}@${Number(best.refreshHz.toFixed(2))}`;
}
