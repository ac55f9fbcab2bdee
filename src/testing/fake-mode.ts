/** Modes of the fake display. */
import type { Mode } from '../ffi/index.js';

export interface FakeMode {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Hz, 60 unless given. */
  readonly refreshHz?: number;
}

/** The blanking, in pixels and lines: about what a reduced one has. */
const blank = { width: 80, height: 20 };

/** The first of a connector's is its preferred one. Source of the layout: `struct drm_mode_modeinfo`. */
export function modeOf({ width, height, refreshHz = 60 }: FakeMode, preferred: boolean): Mode {
  const name = `${width}x${height}`;
  const type = preferred ? 1 << 3 : 0;
  const [htotal, vtotal] = [width + blank.width, height + blank.height];
  const clock = Math.round((htotal * vtotal * refreshHz) / 1000);
  const raw = Buffer.alloc(68);
  raw.writeUInt32LE(clock, 0);
  [width, width + 8, width + 40, htotal].forEach((value, index) => raw.writeUInt16LE(value, 4 + index * 2));
  [height, height + 3, height + 8, vtotal].forEach((value, index) => raw.writeUInt16LE(value, 14 + index * 2));
  raw.writeUInt32LE(Math.round(refreshHz), 24);
  raw.writeUInt32LE(type, 32);
  raw.write(name, 36);
  return { name, width, height, refreshHz: (clock * 1000) / (htotal * vtotal), preferred, flags: 0, type, raw };
}
