/** A kiosk's clients in words and tables. The page's script puts the charts into what has `data-chart`. */
import type { Percentiles } from '../../durations.js';
import type { ScreenCounts } from '../../kiosk/index.js';
import { describeFault } from '../fault-log.js';
import type { RecordedClient, RecordedKiosk } from '../kiosk/recording.js';
import { definitionList, list, table, type Row } from './markup.js';

/** A machine of many short-lived clients has its last ones in the page. */
const mostClients = 100;

/** `data-chart` name, and what it shows. */
const histograms = [
  ['kiosk-commit-to-flip', 'Commit to flip: from a client’s commit until it was on the screen'],
  ['kiosk-input-to-commit', 'Input to commit: from an input event to its client’s next commit'],
  ['kiosk-input-to-flip', 'Input to flip: from an input event until that commit was on the screen'],
] as const;

/** `originMs`: the page's time 0. */
export function kioskSection(kiosk: RecordedKiosk, originMs: number): string {
  return `<section class="kiosk" aria-labelledby="kiosk">
<h2 id="kiosk">Clients</h2>
${definitionList(facts(kiosk))}
${table('Durations in ms', ['', 'median', '99 %', 'longest'], durations(kiosk))}
<div class="histograms">${histograms.map(histogram).join('\n')}</div>
${clientsTable(kiosk.clients, originMs)}
${faults(kiosk)}
</section>`;
}

/** Of one head: how its frames came about. */
export function waysTable({ direct, drawn, byGpu }: Readonly<ScreenCounts>): string {
  const rows = Object.entries(drawn).map(([reason, count]) => [`drawn: ${reason}`, String(count)]);
  const gpu = byGpu === 0 ? [] : [['of those, drawn by the GPU', String(byGpu)]];
  return table('Frames by their way', ['way', 'frames'], [['a client’s own buffer', String(direct)], ...rows, ...gpu]);
}

function histogram([name, title]: (typeof histograms)[number]): string {
  return `<figure><figcaption>${title} <span class="summary"></span></figcaption><div class="chart" data-chart="${name}"></div></figure>`;
}

function facts({ counts: { now, total, ended }, figures: { pictures }, forgotten }: RecordedKiosk): Row[] {
  const gone = Object.entries(ended).flatMap(([cause, count]) => (count === 0 ? [] : [`${count} ${cause}`]));
  const lost = forgotten === 0 ? '' : `; the first ${forgotten} are not in the charts`;
  return [
    ['connected', `${total} in all, ${now} at the end`],
    ['gone', gone.length === 0 ? 'none' : gone.join(', ')],
    ['pictures', `${pictures.shown} shown, ${pictures.unseen} replaced before, or not seen${lost}`],
  ];
}

function durations({ figures: { commitToFlipMs, inputToCommitMs, inputToFlipMs } }: RecordedKiosk): string[][] {
  const row = (name: string, values: Percentiles | null) => [
    name,
    ...(values === null ? ['not seen', '–', '–'] : [values.p50, values.p99, values.max].map((ms) => ms.toFixed(2))),
  ];
  return [
    row('commit to flip', commitToFlipMs),
    row('input to commit', inputToCommitMs),
    row('input to flip', inputToFlipMs),
  ];
}

function clientsTable(clients: readonly RecordedClient[], originMs: number): string {
  const seconds = (ms: number | undefined) => (ms === undefined ? '' : ((ms - originMs) / 1000).toFixed(2));
  const rows = clients
    .slice(-mostClients)
    .map(({ number, pid, connectedMs, goneMs, end }) => [
      ...[String(number), pid === undefined ? 'unknown' : String(pid)],
      ...[seconds(connectedMs), seconds(goneMs), end ?? 'there at the end'],
    ]);
  return table('Clients, and when they came and went, in s', ['client', 'process', 'came', 'went', 'how'], rows);
}

function faults({ faults: outlived }: RecordedKiosk): string {
  const counted = outlived.map(describeFault);
  return ['<h3>Faults that the kiosk outlived</h3>', counted.length === 0 ? '<p>None.</p>' : list(counted)].join('\n');
}
