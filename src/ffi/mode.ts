/** Display modes and connector names: the arithmetic that the kernel leaves to user space. */
import { connectorTypeNames, modeFlag, modeTypePreferred } from './constants.js';
import { StructReader, structs } from './structs.js';

export interface Mode {
  readonly name: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /**
   * Hertz, exact: from the pixel clock and the totals, not the kernel's rounded `vrefresh`. 60 where these come to no
   * rate that a display can have: DRM_SIMPLE_MODE of panels without a clock says 1 kHz, some drivers 0.
   */
  readonly refreshHz: number;
  /** The display prefers it. */
  readonly preferred: boolean;
  /** DRM_MODE_FLAG_* */
  readonly flags: number;
  /** DRM_MODE_TYPE_* */
  readonly type: number;
  /** The 68 bytes of `struct drm_mode_modeinfo`: what a MODE_ID blob holds. */
  readonly raw: Buffer;
}

/** Decodes a `struct drm_mode_modeinfo`; keeps `raw`, and does not copy it. */
export function decodeMode(raw: Buffer): Mode {
  const mode = new StructReader(structs.drmModeModeInfo, raw);
  return {
    name: mode.name('name'),
    width: mode.uint16('hdisplay'),
    height: mode.uint16('vdisplay'),
    refreshHz: refreshOf(mode),
    preferred: (mode.uint32('type') & modeTypePreferred) !== 0,
    flags: mode.uint32('flags'),
    type: mode.uint32('type'),
    raw,
  };
}

type ModeReader = StructReader<keyof typeof structs.drmModeModeInfo.fields>;

/**
 * The clock is in kHz. An interlaced frame is two fields, each a refresh; a
 * doublescanned or `vscan` line is sent more than once. As wlroots
 * (backend/drm/util.c) and libdrm's modetest compute it.
 */
function refreshOf(mode: ModeReader): number {
  const flags = mode.uint32('flags');
  const fields = flags & modeFlag.interlace ? 2 : 1;
  const scans = (flags & modeFlag.doublescan ? 2 : 1) * Math.max(mode.uint16('vscan'), 1);
  const pixels = mode.uint16('htotal') * mode.uint16('vtotal') * scans;
  const rate = (mode.uint32('clock') * 1000 * fields) / pixels;
  return rate >= leastRate && rate <= mostRate ? rate : assumedRate;
}

const [leastRate, mostRate, assumedRate] = [1, 2000, 60];

/** The kernel's name of a connector, e.g. `HDMI-A-1`; a type newer than this table is `Unknown`, as in the kernel. */
export function connectorName(type: number, typeId: number): string {
  return `${connectorTypeNames[type] ?? 'Unknown'}-${typeId}`;
}
