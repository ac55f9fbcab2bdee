/** The GPU's part of the page. The page's script puts the charts into what has `data-chart`. */
import type { FenceKind } from '../../gl/index.js';
import type { RecordedGpu } from '../gl-recording.js';
import { definitionList, type Row } from './markup.js';

const fences: Readonly<Record<FenceKind, string>> = {
  native: 'native: EGL_ANDROID_native_fence_sync, which goes along with the frame',
  finish: 'finish: the driver has none, so the GPU’s thread waits before the frame is handed over',
  implicit: 'implicit: the driver’s own, on the dma-buf',
};

/** `data-chart` name, and what it shows. */
const histograms = [
  ['gl-draw', 'Draw: the time a drawing took with the driver'],
  ['gl-fence', 'Render fence: from the call of compose until the GPU had drawn'],
  ['gl-queue', 'Queue: the time a drawing waited for the GPU’s thread'],
  ['gl-call', 'Call: the time the JavaScript thread was held by a drawing'],
] as const;

export function gpuSection(gpu: RecordedGpu): string {
  return `<section class="gpu" aria-labelledby="gpu">
<h2 id="gpu">Render GPU</h2>
${definitionList(facts(gpu))}
<figure><figcaption>Drawings over time, of the measured frames: with the driver, and until the GPU had drawn</figcaption>
<ul class="legend"><li><span class="swatch drawing"></span>draw</li><li><span class="swatch queued"></span>render fence</li></ul>
<div class="chart" data-chart="gl-times"></div></figure>
<div class="histograms">${histograms.map(histogram).join('\n')}</div>
</section>`;
}

function histogram([name, title]: (typeof histograms)[number]): string {
  return `<figure><figcaption>${title} <span class="summary"></span></figcaption><div class="chart" data-chart="${name}"></div></figure>`;
}

function facts({ info, fenceKind, renewals, jobs, forgotten }: RecordedGpu): Row[] {
  const failed = jobs.filter(({ job }) => job.error !== undefined).length;
  return [
    ['renderer', `${info.renderer} (${info.vendor})`],
    ['GLES', info.glVersion],
    ['EGL', `${info.eglVersion} on ${info.platform}`],
    ['fence', fences[fenceKind]],
    ['dma-bufs', dmabufs(info)],
    ['lost contexts', `${renewals} made anew; the driver ${info.robust ? 'tells' : 'does not tell'} of them`],
    [
      'jobs',
      `${jobs.length} in this page, ${failed} failed${forgotten > 0 ? `; ${forgotten} before were too many` : ''}`,
    ],
  ];
}

function dmabufs({ dmabufImport, dmabufModifiers }: RecordedGpu['info']): string {
  if (!dmabufImport) return 'none are imported';
  return dmabufModifiers ? 'imported, with modifiers' : 'imported, without modifiers';
}
