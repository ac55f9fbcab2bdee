/**
 * Marks for a camera, or a photodiode, that looks at this screen and at another clock:
 *
 *     ┌───────────────────────────────┐
 *     │ 123456.789 ms    ┌──────────┐ │   CLOCK_MONOTONIC when the frame was described
 *     │ frame 4711       │ black or │ │   the patch changes every 32 frames
 *     │                  │ white    │ │
 *     │ ▪▪▪■▪▪▪▪▪▪▪▪     └──────────┘ │   one of 16 lights, by the frame's number
 *     └───────────────────────────────┘
 */
import type { Gl, Layer } from '../gl/index.js';
import { stripeLayer, type GlPattern, type Size } from './pattern.js';
import { Text } from './text.js';

const lights = 16;
const framesEachPatch = 32;
const [dark, lit] = [0x303030, 0xffffff];
const columns = 20;

export async function createLatency(gl: Gl): Promise<GlPattern> {
  const text = await Text.create(gl, columns, 2);
  return {
    coded: true,
    layers: (size, frame) => [...marks(size, frame), caption(text, size, frame)],
    close: () => {
      text.close();
    },
  };
}

function marks({ width, height }: Size, frame: number): Layer[] {
  const patch = Math.floor(frame / framesEachPatch) % 2 === 1 ? lit : 0x000000;
  const half = Math.floor(width / 2);
  const start = (light: number) => Math.floor((light * half) / lights);
  const [top, bottom] = [Math.floor(height * 0.6), Math.floor(height * 0.8)];
  return [
    stripeLayer({ left: 0, right: width, colour: 0x181818 }, 0, height),
    stripeLayer({ left: half, right: width, colour: patch }, 0, height),
    ...Array.from({ length: lights }, (_, light) => {
      const colour = frame % lights === light ? lit : dark;
      return stripeLayer({ left: start(light) + 1, right: start(light + 1), colour }, top, bottom);
    }),
  ];
}

/** `performance.now()` counts from the process's start: the machine's clock is what another process can tell, too. */
function caption(text: Text, { width, height }: Size, frame: number): Layer {
  const ms = Number(process.hrtime.bigint()) / 1e6;
  const scale = Math.max(1, Math.floor(width / 2 / (columns * 6)));
  return text.layer([`${ms.toFixed(3)} ms`, `frame ${frame}`], scale * 3, Math.floor(height * 0.2), scale);
}
