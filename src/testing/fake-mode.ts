/** Modes of the fake display. */
import { decodeMode, modeFlag, type Mode } from '../ffi/index.js';

export interface FakeMode {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Hz, 60 unless given. */
  readonly refreshHz?: number;
  readonly interlaced?: boolean;
  /** Each line is sent twice. */
  readonly doublescan?: boolean;
}

/** The blanking, in pixels and lines: about what a reduced one has. */
const blank = { width: 80, height: 20 };

/** The first of a connector's is its preferred one. Source of the layout: `struct drm_mode_modeinfo`. */
export function modeOf(mode: FakeMode, preferred: boolean): Mode {
  const { width, height, refreshHz = 60, interlaced = false, doublescan = false } = mode;
  const name = `${width}x${height}`;
  const type = preferred ? 1 << 3 : 0;
  const [htotal, vtotal] = [width + blank.width, height + blank.height];
  const flags = (interlaced ? modeFlag.interlace : 0) | (doublescan ? modeFlag.doublescan : 0);
  const perRefresh = (doublescan ? 2 : 1) / (interlaced ? 2 : 1);
  const clock = Math.round((htotal * vtotal * perRefresh * refreshHz) / 1000);
  const raw = Buffer.alloc(68);
  raw.writeUInt32LE(clock, 0);
  [width, width + 8, width + 40, htotal].forEach((value, index) => raw.writeUInt16LE(value, 4 + index * 2));
  [height, height + 3, height + 8, vtotal].forEach((value, index) => raw.writeUInt16LE(value, 14 + index * 2));
  raw.writeUInt32LE(Math.round(refreshHz), 24);
  raw.writeUInt32LE(flags, 28);
  raw.writeUInt32LE(type, 32);
  raw.write(name, 36);
  return decodeMode(raw);
}
