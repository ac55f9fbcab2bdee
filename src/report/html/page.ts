/** The page about a run. */
import { combine, type HeadsResult } from '../result.js';
import { wholePage } from './document.js';
import { encodeHead, originOf } from './encode.js';
import { encodeGpu } from './encode-gpu.js';
import { gpuSection } from './gpu-section.js';
import { headSection } from './head-section.js';
import { list } from './markup.js';
import type { Report } from './report.js';
import type { PageData } from './report-data.js';

/** Throws ERR_SYSTEM where the installation is not whole. */
export function reportPage(report: Report): string {
  const { heads, gpu, facts, madeAt } = report;
  const whole = combine(heads.map(({ result }) => result));
  const { verdict } = whole;
  return wholePage({
    ...{ facts, madeAt, title: titleOf(whole), underHeading: list(reasonsOf(whole)), data: dataOf(report) },
    heading: `guesthead run: <span class="verdict ${verdict}">${verdict}</span>`,
    sections: [
      ...heads.map((head, index, { length }) => headSection(head, index, length === 1)),
      ...(gpu === undefined ? [] : [gpuSection(gpu)]),
    ],
  });
}

function titleOf({ verdict, heads }: HeadsResult): string {
  return `${verdict}: ${heads.map(({ display }) => display.connector).join(', ')} – guesthead run`;
}

/** Of several heads each one's section has its own. */
function reasonsOf({ heads: [head, ...others] }: HeadsResult): readonly string[] {
  return head !== undefined && others.length === 0 ? head.reasons : [];
}

function dataOf({ heads, gpu }: Report): PageData {
  const originMs = originOf(heads);
  const from = Math.min(...heads.map(({ fromMs }) => fromMs));
  const to = Math.max(...heads.map(({ toMs }) => toMs));
  return {
    heads: heads.map((head) => encodeHead(head, originMs)),
    gpu: gpu === undefined ? null : encodeGpu(gpu, originMs, from, to),
    kiosk: null,
  };
}
