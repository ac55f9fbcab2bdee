/** Draws the charts of every head in the page. */
import type { GpuData, HeadData, KioskData, PageData } from '../report-data.js';
import { commandsOf, keys, type Commands } from './commands.js';
import { at, Frames } from './frames.js';
import { createGpuTimes, gpuDurations } from './gpu-charts.js';
import { createHistogram, distributionOf, summaryOf } from './histogram.js';
import { createIntervalChart } from './interval-chart.js';
import { createLaneChart } from './lane-chart.js';
import { describeFrame, describeMarks } from './read-out.js';
import { TimeView } from './time-view.js';

/** A mark this near to the pointer is told of, as a share of what is shown. */
const nearMark = 0.005;

const data = JSON.parse(element(document, '#data').textContent) as PageData;
for (const section of document.querySelectorAll<HTMLElement>('section.head')) {
  const head = data.heads[Number(section.dataset['head'])];
  if (head !== undefined) drawHead(section, head);
}

if (data.gpu !== null) drawGpu(element(document, 'section.gpu'), data.gpu);

if (data.kiosk !== null) drawKiosk(element(document, 'section.kiosk'), data.kiosk);

function drawKiosk(section: HTMLElement, { commitToFlipUs, inputToCommitUs, inputToFlipUs }: KioskData): void {
  const ms = (us: readonly number[]) => us.map((value) => value / 1000);
  drawHistogram(chart(section, 'kiosk-commit-to-flip'), ms(commitToFlipUs));
  drawHistogram(chart(section, 'kiosk-input-to-commit'), ms(inputToCommitUs));
  drawHistogram(chart(section, 'kiosk-input-to-flip'), ms(inputToFlipUs));
}

function drawGpu(section: HTMLElement, gpu: GpuData): void {
  for (const [name, ms] of Object.entries(gpuDurations(gpu))) drawHistogram(chart(section, name), ms);
  const place = chart(section, 'gl-times');
  if (gpu.drawings.atUs.length > 0) createGpuTimes(place, gpu);
  else place.textContent = 'No drawing was recorded.';
}

function drawHead(section: HTMLElement, head: HeadData): void {
  const frames = new Frames(head);
  for (const [name, ms] of Object.entries(durationsOf(frames))) drawHistogram(chart(section, name), ms);
  if (frames.count === 0) tellOfNone(section);
  else drawOverTime(section, frames);
}

function drawOverTime(section: HTMLElement, frames: Frames): void {
  const view = new TimeView(frames.startUs, frames.endUs);
  createIntervalChart(chart(section, 'intervals'), frames, view);
  createLaneChart(chart(section, 'lanes'), frames, view);
  connectReadOut(section, frames, view);
  connectCommands(section, commandsOf(frames, view));
}

/** Of the measured frames, ms. */
function durationsOf(frames: Frames): Readonly<Record<string, readonly number[]>> {
  const { frames: columns, flushFences } = frames.data;
  const measured = (us: readonly number[], atUs: readonly number[]) =>
    us.filter((_, i) => frames.isMeasured(at(atUs, i))).map((value) => value / 1000);
  return {
    commit: measured(columns.commitUs, columns.flippedUs),
    flushFence: measured(flushFences.us, flushFences.atUs),
    flip: measured(columns.flipUs, columns.flippedUs),
    latency: measured(columns.latencyUs, columns.flippedUs),
  };
}

function drawHistogram(place: HTMLElement, ms: readonly number[]): void {
  const distribution = distributionOf(ms);
  element(place.parentElement ?? place, '.summary').textContent = summaryOf(distribution);
  if (ms.length > 0) createHistogram(place, distribution);
}

function tellOfNone(section: HTMLElement): void {
  for (const name of ['intervals', 'lanes']) chart(section, name).textContent = 'No page flip was recorded.';
  for (const button of section.querySelectorAll<HTMLButtonElement>('[data-do]')) button.disabled = true;
}

function connectReadOut(section: HTMLElement, frames: Frames, view: TimeView): void {
  const readOut = element(section, '.read-out');
  view.onSelect(() => {
    const { selection } = view;
    if (selection === undefined) return;
    const marks = describeMarks(frames.marks, selection, nearMark * view.span);
    const frame = describeFrame(frames, selection);
    readOut.textContent = marks === '' ? `${frame}.` : `${marks}. ${frame}.`;
  });
}

function connectCommands(section: HTMLElement, commands: Commands): void {
  const readOut = element(section, '.read-out');
  /** A screen reader tells of a step, and not of all that a mouse passes. */
  const carryOut = (name: string | undefined) => {
    readOut.ariaLive = 'polite';
    commands[name ?? '']?.();
  };
  for (const button of section.querySelectorAll<HTMLElement>('[data-do]'))
    button.addEventListener('click', () => carryOut(button.dataset['do']));
  for (const name of ['intervals', 'lanes']) {
    const place = chart(section, name);
    place.addEventListener('pointermove', () => (readOut.ariaLive = 'off'));
    place.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || !(event.key in keys)) return;
      event.preventDefault();
      carryOut(keys[event.key]);
    });
  }
}

function chart(section: HTMLElement, name: string): HTMLElement {
  return element(section, `[data-chart="${name}"]`);
}

function element(within: ParentNode, selector: string): HTMLElement {
  const found = within.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}
