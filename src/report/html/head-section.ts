/** One head's part of the page. The page's script puts the charts into what has `data-chart`. */
import type { Percentiles } from '../../head/index.js';
import { describeFault } from '../fault-log.js';
import { describeCaptures, describeFirstFlip, describeJudgement, type RunResult } from '../result.js';
import { definitionList, escapeHtml, list, table, type Row } from './markup.js';
import type { RecordedRun, ReportedHead } from './report.js';

/** `alone`: the page's header has said the reasons already. */
export function headSection({ result, recording }: ReportedHead, index: number, alone: boolean): string {
  const id = `head-${index}`;
  const { verdict, display } = result;
  return `<section class="head" data-head="${index}" aria-labelledby="${id}">
<h2 id="${id}">${escapeHtml(display.connector)}: <span class="verdict ${verdict}">${verdict}</span></h2>
${alone ? '' : list(result.reasons)}
${describeJudgement(result.judged)
  .map((text) => `<p class="note">${escapeHtml(text)}</p>`)
  .join('')}
<div class="columns">
<div><h3>Configuration</h3>${definitionList(configuration(result))}</div>
<div><h3>Figures</h3>${definitionList(figures(result))}</div>
</div>
${table('Durations in ms, of the measured frames', ['', 'median', '99 %', 'longest'], durations(result))}
${frameCharts(recording)}
${faults(result)}
</section>`;
}

function configuration(result: RunResult): Row[] {
  const { render, display, mode, path, buffers, update, presentMode, deadline } = result;
  return [
    ['render', `${render.driver} ${render.node}`],
    ['display', `${display.driver} ${display.node} ${display.connector}`],
    ['monitor', [display.make, display.model].filter((name) => name !== null).join(' ') || 'no EDID'],
    ['mode', `${mode.width}x${mode.height} at ${mode.refreshHz.toFixed(2)} Hz`],
    ['path', path],
    ['buffers', String(buffers)],
    ['update', `${update}, ${presentMode}${deadline ? ', drawn as late as possible' : ''}`],
    ['pace', `${result.pacing.kind}: ${result.pacing.advice}`],
  ];
}

function figures(result: RunResult): Row[] {
  const { frames, seconds, flipsPerSecond, refreshRatio, missedFlips, tearRisk, starved, drawnLate, firstFlip, host } =
    result;
  return [
    ['flips', `${frames} in ${seconds.toFixed(1)} s`],
    ['rate', `${flipsPerSecond.toFixed(2)} a second, ${(refreshRatio * 100).toFixed(1)} % of the refresh`],
    ['first flip', firstFlip === null ? 'none' : describeFirstFlip(firstFlip).replace(/^first flip /, '')],
    ['missed', `${missedFlips} refresh cycles without a flip`],
    ['late', `${drawnLate} drawn late, ${starved} without a free buffer`],
    ['dropped', `${result.dropped} frames drawn and not shown`],
    ['tear risk', `${tearRisk} flips before the host was done`],
    ['cost', `${result.cpuMsPerFlip.toFixed(2)} ms CPU a flip, ${result.bytesCopiedPerFrame} bytes copied a frame`],
    ['judged', judgedText(result.judged)],
    ['host captures', host === null ? 'none taken' : describeCaptures(host)],
  ];
}

/** What the verdict is about, and where the pace is not judged by the mode, why. */
function judgedText(judged: RunResult['judged']): string {
  const [how = `the pace by the mode's rate`] = describeJudgement(judged);
  return `${judged.what.join(', ')}: ${how}`;
}

function durations({ commitMs, flushFenceMs, flipMs, latencyMs }: RunResult): string[][] {
  const row = (name: string, values: Percentiles | null) => [
    name,
    ...(values === null ? ['not seen', '–', '–'] : [values.p50, values.p99, values.max].map((ms) => ms.toFixed(2))),
  ];
  return [
    row('commit', commitMs),
    row('flush fence', flushFenceMs),
    row('flip', flipMs),
    row('draw to flip', latencyMs),
  ];
}

/** Of its flips and buffers, and how long what took. */
export function frameCharts(recording: RecordedRun): string {
  return `${timeCharts(recording)}
<h3>Durations</h3>
<div class="histograms">${histograms.map(histogram).join('\n')}</div>`;
}

const states = ['drawing', 'queued', 'current', 'draining'];

function timeCharts({ frames, forgotten }: RecordedRun): string {
  const swatches = states.map((state) => `<li><span class="swatch ${state}"></span>${state}</li>`).join('');
  return `<h3>Flips and backbuffers over time</h3>
<div class="toolbar" role="group" aria-label="What the two charts show">
<button type="button" data-do="zoom-in">zoom in</button>
<button type="button" data-do="zoom-out">zoom out</button>
<button type="button" data-do="earlier">← earlier</button>
<button type="button" data-do="later">later →</button>
<button type="button" data-do="previous-mark">previous mark</button>
<button type="button" data-do="next-mark">next mark</button>
<button type="button" data-do="reset">reset</button>
</div>
<ul class="legend" aria-label="Marks and states">
<li><span class="mark missed">▲</span>missed flip</li>
<li><span class="mark tear">✕</span>tear risk</li>
<li><span class="mark fault">◆</span>fault</li>
${swatches}
</ul>
<output class="read-out" aria-live="off">Point at a frame or tap it, or step to one with the keys “,” and “.”.</output>
<figure><figcaption>Time from one flip to the next, scaled to the measured ones; the dashed line is one refresh cycle</figcaption>
<div class="chart" data-chart="intervals" tabindex="0" role="group" aria-label="Flips over time; keys zoom and move"></div></figure>
<figure><figcaption>States of the backbuffers, one lane each; a gap is a free buffer</figcaption>
<div class="chart" data-chart="lanes" tabindex="0" role="group" aria-label="States of the backbuffers over time; keys zoom and move"></div></figure>
<p class="note">${note(frames.length, forgotten)}</p>`;
}

function note(recorded: number, forgotten: number): string {
  const kept = `${recorded} frames are in this page, the warm-up’s (shaded) among them.`;
  const lost = forgotten > 0 ? ` The first ${forgotten} of the run were too many to keep.` : '';
  return `${kept}${lost} Only the drawing is thinned out: where frames are too narrow to tell apart, the line spans the shortest
and the longest, and a lane shows each state’s share of the time, from the bottom in the order of the legend. Drag, turn the wheel, pinch,
or use the arrow keys, “+”, “−” and “0”; “n” and “p” go from mark to mark.`;
}

type Histogram = readonly [name: string, title: string];
const histograms: readonly Histogram[] = [
  ['commit', 'Commit: duration of the call'],
  ['flushFence', 'Flush fence: from the commit until the host had read the buffer'],
  ['flip', 'Flip: from the commit to the flip'],
  ['latency', 'Draw to flip: from the start of the drawing to the flip'],
];

function histogram([name, title]: Histogram): string {
  return `<figure><figcaption>${title} <span class="summary"></span></figcaption><div class="chart" data-chart="${name}"></div></figure>`;
}

function faults({ faults: outlived, refused }: RunResult): string {
  const counted = outlived.map(describeFault);
  const rungs = refused.map(({ path, code, advice }) => `path ${path} was refused with ${code}: ${advice}`);
  return [
    '<h3>Faults that the flips outlived</h3>',
    counted.length === 0 ? '<p>None.</p>' : list(counted),
    rungs.length === 0 ? '' : `<h3>Better paths</h3>${list(rungs)}`,
  ].join('\n');
}
