/** The page about a kiosk that has run. */
import type { HeadInfo } from '../../head/index.js';
import type { ScreenCounts } from '../../kiosk/index.js';
import type { RecordedGpu } from '../gl-recording.js';
import type { RecordedKiosk } from '../kiosk/recording.js';
import type { MachineFact } from '../machine-facts.js';
import { wholePage } from './document.js';
import { encodeHead, originOf } from './encode.js';
import { encodeGpu } from './encode-gpu.js';
import { encodeKiosk } from './encode-kiosk.js';
import { gpuSection } from './gpu-section.js';
import { frameCharts } from './head-section.js';
import { kioskSection, waysTable } from './kiosk-section.js';
import { definitionList, escapeHtml } from './markup.js';
import type { RecordedRun } from './report.js';

export interface ReportedKioskHead {
  readonly info: Pick<HeadInfo, 'display' | 'mode' | 'path' | 'buffers'>;
  readonly counts: Readonly<ScreenCounts>;
  readonly recording: RecordedRun;
}

export interface KioskReport {
  readonly heads: readonly ReportedKioskHead[];
  readonly kiosk: RecordedKiosk;
  /** How it ended, for people. */
  readonly ended: string;
  /** When the recording began and ended; CLOCK_MONOTONIC, ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Where the GPU drew. */
  readonly gpu?: RecordedGpu | undefined;
  readonly facts: readonly MachineFact[];
  readonly madeAt: Date;
}

/** Throws ERR_SYSTEM where the installation is not whole. */
export function kioskPage({ heads, kiosk, gpu, ended, fromMs, toMs, facts, madeAt }: KioskReport): string {
  const originMs = originOf(heads);
  const charted = heads.map(({ info, recording }) => ({ result: info, recording, fromMs, toMs }));
  return wholePage({
    ...{ facts, madeAt },
    title: `${heads.map(({ info }) => info.display.connector).join(', ')} – guesthead kiosk`,
    heading: `guesthead kiosk: ${escapeHtml(ended)}`,
    sections: [
      kioskSection(kiosk, originMs),
      ...heads.map(headSection),
      ...(gpu === undefined ? [] : [gpuSection(gpu)]),
    ],
    data: {
      heads: charted.map((head) => encodeHead(head, originMs)),
      gpu: gpu === undefined ? null : encodeGpu(gpu, originMs, fromMs, toMs),
      kiosk: encodeKiosk(kiosk),
    },
  });
}

function headSection({ info, counts, recording }: ReportedKioskHead, index: number): string {
  const { display, mode, path, buffers } = info;
  const id = `head-${index}`;
  return `<section class="head" data-head="${index}" aria-labelledby="${id}">
<h2 id="${id}">${escapeHtml(display.connector)}</h2>
${definitionList([
  ['display', `${display.driver} ${display.node} ${display.connector}`],
  ['mode', `${mode.width}x${mode.height} at ${mode.refreshHz.toFixed(2)} Hz`],
  ['path', path],
  ['buffers', String(buffers)],
  ['frames', `${counts.shown} shown, ${counts.direct} of them a client’s own buffer; ${counts.discarded} discarded`],
  ['copied', `${counts.bytesCopied} bytes out of clients’ buffers`],
])}
${waysTable(counts)}
${frameCharts(recording)}
</section>`;
}
