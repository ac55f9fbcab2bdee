/** One page that needs nothing but itself: what a run was, in words and tables; its script adds the charts. */
import { combine, type HeadsResult } from '../result.js';
import { loadAssets, type Assets } from './assets.js';
import { encodeHead, originOf } from './encode.js';
import { encodeGpu } from './encode-gpu.js';
import { gpuSection } from './gpu-section.js';
import { headSection } from './head-section.js';
import { embedJson, embedScript, escapeHtml, list, table } from './markup.js';
import type { Report } from './report.js';
import type { PageData } from './report-data.js';

/** Throws ERR_SYSTEM where the installation is not whole. */
export function reportPage(report: Report): string {
  const assets = loadAssets();
  const whole = combine(report.heads.map(({ result }) => result));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(titleOf(whole))}</title>
<link rel="icon" href="data:,">
<style>${assets.libraryStyle}\n${assets.style}</style>
</head>
<body>
${header(whole, report.madeAt)}
<main>
${report.heads.map((head, index, { length }) => headSection(head, index, length === 1)).join('\n')}
${report.gpu === undefined ? '' : gpuSection(report.gpu)}
${machineSection(report)}
</main>
<noscript><p>The charts are drawn by a script in this page, which this browser does not run.</p></noscript>
${scripts(assets, dataOf(report))}
</body>
</html>
`;
}

function titleOf({ verdict, heads }: HeadsResult): string {
  return `${verdict}: ${heads.map(({ display }) => display.connector).join(', ')} – guesthead run`;
}

function header({ verdict, heads }: HeadsResult, madeAt: Date): string {
  const [head, ...others] = heads;
  const why = head !== undefined && others.length === 0 ? head.reasons : []; // else each head's section has its own
  const when = madeAt.toISOString();
  return `<header>
<h1>guesthead run: <span class="verdict ${verdict}">${verdict}</span></h1>
<p>Ended <time datetime="${when}">${when.slice(0, 19).replace('T', ' ')} UTC</time></p>
${list(why)}
</header>`;
}

function machineSection({ facts }: Report): string {
  const rows = facts.map(({ id, status, found }) => [id, status, found]);
  return `<section aria-labelledby="machine">
<h2 id="machine">Machine</h2>
${table('What this machine is', ['fact', 'status', 'found'], rows)}
</section>`;
}

function scripts({ library, script }: Assets, data: PageData): string {
  return `<script type="application/json" id="data">${embedJson(data)}</script>
<script>${embedScript(library)}</script>
<script>${embedScript(script)}</script>`;
}

function dataOf({ heads, gpu }: Report): PageData {
  const originMs = originOf(heads);
  const from = Math.min(...heads.map(({ fromMs }) => fromMs));
  const to = Math.max(...heads.map(({ toMs }) => toMs));
  return {
    heads: heads.map((head) => encodeHead(head, originMs)),
    gpu: gpu === undefined ? null : encodeGpu(gpu, originMs, from, to),
  };
}
