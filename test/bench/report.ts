/** The results as tables, and whether they reach what is asked for. */
import { latencies, manners, nameOf, sizes, type Rounds, type Start } from './sections.js';
import { ratios, show, spread, table, type Spread } from './figures.js';
import type { Composed, Held, Stalls } from './gl.js';
import type { Misses } from './gl-misses.js';
import type { Shared } from './transfer.js';
import type { Sample } from './window.js';

export interface Results {
  readonly date: string;
  readonly machine: string;
  readonly clients: Rounds;
  readonly sizes: Rounds;
  /** A program's two ways to show frames. */
  readonly manners: Rounds;
  readonly orders: Rounds<Sample & { readonly output: string }>;
  readonly starts: readonly Start[];
  readonly composed: readonly Composed[];
  readonly stalls: Stalls;
  readonly misses: Misses;
  readonly shared: readonly Shared[];
  readonly bootMs: readonly number[];
}

const cpu = (samples: readonly Sample[] = []) => samples.map(({ cpuMsPerFlip }) => cpuMsPerFlip);
const rate = (samples: readonly Sample[] = []) => samples.map(({ flipsPerSecond }) => flipsPerSecond);
const rss = (samples: readonly Sample[] = []) => samples.map(({ rssMiB }) => rssMiB);

const peer = 'modetest -a -v';
const ours = 'guesthead';

/** Markdown, readable on a terminal too. Each cell: the median (least–most). */
export function tables(results: Results): string[] {
  const { clients, sizes: atSizes, orders, starts, bootMs } = results;
  const compared = Object.entries(clients).map(([name, samples]) => [
    name,
    show(spread(rate(samples))),
    show(spread(cpu(samples))),
    name === ours ? '1' : show(ratios(cpu(clients[ours]), cpu(samples))),
    show(spread(rss(samples)), 0),
  ]);
  const smallest = cpu(atSizes[nameOf(sizes[0]!)]);
  const bySize = sizes.map((size) => {
    const samples = atSizes[nameOf(size)] ?? [];
    return [
      nameOf(size),
      show(spread(rate(samples))),
      show(spread(cpu(samples))),
      show(ratios(cpu(samples), smallest)),
    ];
  });
  const flips = cpu(results.manners[manners[0]]);
  const byManner = manners.map((name) => {
    const samples = results.manners[name] ?? [];
    return [name, show(spread(rate(samples))), show(spread(cpu(samples))), show(ratios(cpu(samples), flips))];
  });
  const byOrder = Object.entries(orders).map(([name, samples]) => [name, show(spread(latencies(samples)))]);
  const [first, node] = [spread(starts.map((s) => s.firstFlipMs)), spread(starts.map((s) => s.nodeMs))];
  return [
    ...table(['client', 'flips/s', 'CPU ms a flip', 'guesthead ÷ it', 'RSS MiB'], compared),
    '',
    ...table(['size, `import`', 'flips/s', 'CPU ms a flip', `÷ ${nameOf(sizes[0]!)}`], bySize),
    '',
    ...table(['a program that calls', 'flips/s', 'CPU ms a frame', '÷ flips()'], byManner),
    '',
    ...table(['present mode', 'draw to flip, ms'], byOrder),
    '',
    ...glTables(results),
    '',
    ...transferTable(results.shared),
    '',
    ...table(
      ['from the start of the process', 'ms'],
      [
        ['to its first flip', show(first, 0)],
        ['to the end of `node -e 0`', show(node, 0)],
        ['lab: from its start to a guest that is up', show(spread(bootMs), 0)],
      ],
    ),
  ];
}

function glTables({ composed, stalls, misses }: Results): string[] {
  const { peer: inC, compose, damaged } = composing(composed);
  const row = (name: string, values: readonly number[], others: readonly number[]) => [
    name,
    show(spread(values), 1),
    show(ratios(values, others)),
  ];
  return [
    ...table(
      ['three layers, 1280x720', 'CPU ms a frame', '÷ the program in C'],
      [
        row('a program in C, the same EGL', inC, inC),
        row('compose', compose, inC),
        row('compose, a twentieth damaged', damaged, inC),
      ],
    ),
    '',
    ...stallTable(stalls),
    '',
    ...table(
      ['`run --draw gl --pattern smpte`, 1280x720', 'flips'],
      [
        ['measured', `${misses.flips}`],
        ['later than the next refresh', `${misses.late}`],
        ['of these, later than the refresh after their drawing', `${misses.unaccounted}`],
      ],
    ),
  ];
}

/** Each the median of the runs. */
function stallTable({ counter, smpte }: Stalls): string[] {
  const row = (name: string, runs: readonly Held[], what: keyof Held) => [
    name,
    ...(['p50', 'p99', 'max'] as const).map((part) => show(spread(runs.map((run) => run[what]?.[part] ?? NaN)))),
  ];
  return table(
    ['`run --draw gl --load 20`, 1280x720', 'p50, ms', 'p99', 'most'],
    [
      row('the event loop held by GL, counter', counter, 'glStallMs'),
      row('the event loop held by GL, smpte', smpte, 'glStallMs'),
      row('in the queue of the GPU thread, counter', counter, 'queueMs'),
      row('drawing, with the finish, counter', counter, 'drawMs'),
      row('from the call of draw to its end, counter', counter, 'renderFenceMs'),
    ],
  );
}

function transferTable(shared: readonly Shared[]): string[] {
  const [flips, exports] = [shared.map(({ flipMs }) => flipMs), shared.map(({ exportMs }) => exportMs)];
  const row = (name: string, values: readonly number[]) => [name, show(spread(values)), show(ratios(values, flips))];
  return table(
    ['the counter pattern at 60 Hz, 1920x1080', 'CPU ms a picture', '÷ shown on a head'],
    [row('shown on a head', flips), row('handed to the host', exports)],
  );
}

function composing(composed: readonly Composed[]) {
  return {
    peer: composed.map(({ peerMs }) => peerMs),
    compose: composed.map(({ composeMs }) => composeMs),
    damaged: composed.map(({ damagedMs }) => damagedMs),
  };
}

/** What drawing with the GPU may cost. */
export function glGoals({ composed, stalls }: Pick<Results, 'composed' | 'stalls'>): Goal[] {
  const { peer: inC, compose, damaged } = composing(composed);
  const held = (runs: readonly Held[]) => spread(runs.map(({ glStallMs }) => glStallMs?.p99 ?? Infinity));
  return [
    atMost('CPU of three layers ÷ a program in C', ratios(compose, inC), 1.2),
    atMost('CPU of a twentieth damaged ÷ a whole frame', ratios(damaged, compose), 0.3),
    atMost('the event loop held by GL, counter, p99, ms', held(stalls.counter), 1),
    atMost('the event loop held by GL, smpte, p99, ms', held(stalls.smpte), 1),
  ];
}

function atMost(what: string, value: Spread, limit: number, digits = 2): Goal {
  return { what: `${what} ≤ ${limit}`, reached: value.median <= limit, is: show(value, digits) };
}

interface Goal {
  readonly what: string;
  readonly reached: boolean;
  readonly is: string;
}

/** Medians of the ratios taken pair by pair. */
export function goals(results: Results): Goal[] {
  const { clients, sizes: atSizes, starts, manners: inManners } = results;
  const [us, them] = [clients[ours] ?? [], clients[peer] ?? []];
  const rates = ratios(rate(us), rate(them));
  const costs = ratios(cpu(us), cpu(them));
  const flat = ratios(cpu(atSizes['3840x2160']), cpu(atSizes['1280x720']));
  const presents = ratios(cpu(inManners[manners[1]]), cpu(inManners[manners[0]]));
  const start = spread(starts.map(({ firstFlipMs, nodeMs }) => firstFlipMs - nodeMs));
  const memory = spread(rss(us));
  return [
    { what: `flips/s ÷ ${peer} ≥ 0.995`, reached: rates.median >= 0.995, is: show(rates, 4) },
    atMost(`CPU a flip ÷ ${peer}`, costs, 1.5),
    atMost('CPU a flip at 3840x2160 ÷ at 1280x720', flat, 1.15),
    atMost("CPU of a present of a client's buffer ÷ a frame of flips()", presents, 1.1),
    atMost("first flip after Node's own start-up, ms", start, 1500, 0),
    atMost('RSS, MiB', memory, 90, 0),
    ...glGoals(results),
    atMost(
      'CPU of an export ÷ a flip, the same picture drawn',
      ratios(
        results.shared.map(({ exportMs }) => exportMs),
        results.shared.map(({ flipMs }) => flipMs),
      ),
      1,
    ),
  ];
}

export function goalLines(results: Results): string[] {
  return goals(results).map(({ what, reached, is }) => `${reached ? 'reached' : 'MISSED '}  ${what}: ${is}`);
}
