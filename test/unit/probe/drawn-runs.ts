/** What a process that draws for the probe might tell. */
import { format } from '../../../src/ffi/index.js';
import type { ChildRun } from '../../../src/probe/gl/run-child.js';
import type { DriverFacts, FactsOf, Told } from '../../../src/probe/gl/told.js';

export const driver: DriverFacts = {
  platform: 'gbm',
  vendor: 'Intel',
  renderer: 'Mesa Intel(R) Graphics (ADL GT2)',
  glVersion: 'OpenGL ES 3.2 Mesa 25.0.7',
  eglVersion: '1.5',
  maxTextureSize: 16384,
  nativeFence: true,
  dmabufImport: true,
  dmabufModifiers: true,
  externalTextures: true,
  robust: true,
  software: false,
  ownMemoryOnly: false,
  formats: [
    { fourcc: format.XRGB8888, modifiers: ['0', '72057594037927945'] },
    { fourcc: format.ARGB8888, modifiers: ['0'] },
  ],
};

/** As of llvmpipe on vgem, Mesa 22.3. */
export const llvmpipe: Partial<DriverFacts> = {
  ...{ renderer: 'llvmpipe (LLVM 15.0.6, 256 bits)', nativeFence: false, software: true, ownMemoryOnly: true },
};
export const llvmpipeFences: Partial<FactsOf['fences']> = { native: null, implicit: 'none', implicitBy: null };

const facts: FactsOf = {
  driver,
  draw: { width: 256, height: 256, wrongPixels: 0, firstMs: 41.2, nextMs: 0.8 },
  fences: { slowMs: 62.5, native: 'pending', implicit: 'pending', implicitBy: 'i915', drewOnMs: 61 },
  show: { path: 'import', fenceKind: 'native', flipMs: 13.3 },
  wait: { by: 'i915', heldMs: 62, flippedAfterMs: 4, periodMs: 13.33 },
};

export type Changes = { readonly [S in keyof FactsOf]?: Partial<FactsOf[S]> };

/** A good GPU draws, and with `show` it is shown, but for the changes. */
export function drawnRun(changes: Changes = {}, task: 'draw' | 'show' = 'draw'): ChildRun {
  const taken = task === 'draw' ? (['driver', 'draw', 'fences'] as const) : (['show', 'wait'] as const);
  const told = taken.map((step) => ({ step, value: { ...facts[step], ...changes[step] } }));
  return { told, fault: undefined, complaint: undefined };
}

/** The same up to a step that did not end. */
export function brokenRun(run: ChildRun, step: Told['step'], more: Partial<ChildRun>): ChildRun {
  const index = run.told.findIndex((one) => one.step === step);
  return { ...run, told: run.told.slice(0, index), ...more };
}
