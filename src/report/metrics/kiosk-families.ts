/** A kiosk's tally as Prometheus knows it. */
import type { ScreenCounts } from '../../kiosk/index.js';
import type { Families, Family, HistogramFamily, Values } from './family.js';
import type { KioskTally } from './kiosk-tally.js';

export function kioskFamilies(tally: KioskTally): Families {
  return { families: [...clientFamilies(tally), ...frameFamilies(tally)], histograms: histogramsOf(tally) };
}

function clientFamilies(tally: KioskTally): Family[] {
  const { lives, faults } = tally;
  const { clientCounts } = tally.kiosk;
  const ended = () => Object.entries(clientCounts.ended).map(([cause, count]) => [{ cause }, count] as const);
  const outcomes = (): Values => [
    [{ outcome: 'shown' }, tally.shown],
    [{ outcome: 'unseen' }, tally.unseen],
  ];
  const starts = () => lives.map(({ starts }, index) => [{ client: String(index + 1) }, starts] as const);
  return [
    family('Gauge', 'clients', 'Clients that are connected.', () => [[{}, clientCounts.now]]),
    family('Counter', 'clients_total', 'Clients that have connected.', () => [[{}, clientCounts.total]]),
    family('Counter', 'clients_ended_total', 'Clients that have gone, by why.', ended, 'cause'),
    family('Counter', 'client_starts_total', 'How often the client of each command was started.', starts, 'client'),
    family(
      'Counter',
      'pictures_total',
      'Pictures that clients have committed, by whether they were seen.',
      outcomes,
      'outcome',
    ),
    family(
      'Counter',
      'faults_total',
      'Faults that the kiosk outlived.',
      () => [...faults].map(([code, count]) => [{ code }, count]),
      'code',
    ),
  ];
}

function frameFamilies({ kiosk }: KioskTally): Family[] {
  const each = (of: (counts: Readonly<ScreenCounts>) => Values) => () =>
    kiosk.heads.flatMap(({ connector, counts }) =>
      of(counts).map(([labels, value]) => [{ connector, ...labels }, value] as const),
    );
  const ways = ({ direct, byGpu, drawn }: Readonly<ScreenCounts>): Values => {
    const all = Object.values(drawn).reduce((sum, count) => sum + count, 0);
    return [
      [{ way: 'direct' }, direct],
      [{ way: 'gpu' }, byGpu],
      [{ way: 'cpu' }, all - byGpu],
    ];
  };
  const reasons = ({ drawn }: Readonly<ScreenCounts>): Values =>
    Object.entries(drawn).map(([reason, count]) => [{ reason }, count]);
  const one = (of: (counts: Readonly<ScreenCounts>) => number) => each((counts) => [[{}, of(counts)]]);
  return [
    family(
      'Counter',
      'frames_total',
      "Frames: a client's own buffer, or drawn by GPU or CPU.",
      each(ways),
      'connector way',
    ),
    family('Counter', 'drawn_frames_total', 'Frames that had to be drawn, by why.', each(reasons), 'connector reason'),
    family(
      'Counter',
      'discarded_frames_total',
      'Frames that were not shown.',
      one(({ discarded }) => discarded),
      'connector',
    ),
    family(
      'Counter',
      'bytes_copied_total',
      "Bytes drawn out of clients' buffers.",
      one(({ bytesCopied }) => bytesCopied),
      'connector',
    ),
  ];
}

function histogramsOf({ commitToFlip, inputToCommit, inputToFlip }: KioskTally): HistogramFamily[] {
  const named = (name: string, help: string, read: HistogramFamily['read']): HistogramFamily => {
    return { name: `guesthead_kiosk_${name}_seconds`, help, read };
  };
  return [
    named('commit_to_flip', "From a client's commit to the flip that showed it.", () =>
      [...commitToFlip].map(([connector, histogram]) => [{ connector }, histogram] as const),
    ),
    named('input_to_commit', "From an input event to its client's next commit.", () => [[{}, inputToCommit]]),
    named('input_to_flip', 'From an input event to the flip that showed that commit.', () => [[{}, inputToFlip]]),
  ];
}

function family(type: Family['type'], name: string, help: string, read: Family['read'], labels?: string): Family {
  return { type, name: `guesthead_kiosk_${name}`, help, labels: labels?.split(' ') ?? [], read };
}
