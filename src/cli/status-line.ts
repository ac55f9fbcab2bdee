/** The live line of a run, on a terminal only. */
import type { Head } from '../head/index.js';

const everyMs = 500;

/** What is told of a head, the most important first: of a narrow terminal's line the last go. */
export type StatusFields = readonly [name: string, ...figures: string[]];

type Terminal = Pick<NodeJS.WriteStream, 'write' | 'columns'>;
type ShownHead = Pick<Head, 'info' | 'stats' | 'states'>;

/** Returns the function that takes the line away. What is written to the terminal meanwhile comes in its place, and the line below it. */
export function showStatus(heads: readonly ShownHead[], terminal = process.stderr, { TERM } = process.env): () => void {
  if (!terminal.isTTY || TERM === 'dumb') return () => undefined;
  const write = terminal.write.bind(terminal);
  const line = new LiveLine({
    write,
    get columns() {
      return terminal.columns;
    },
  });
  const timer = setInterval(() => {
    line.show(fitted(heads.map(fieldsOf), terminal.columns));
  }, everyMs);
  terminal.write = (...words: unknown[]) => {
    line.clear();
    return (write as (...words: unknown[]) => boolean)(...words);
  };
  return () => {
    terminal.write = write;
    clearInterval(timer);
    line.clear();
  };
}

/** One line that is written again and again. */
export class LiveLine {
  #shown = 0;

  constructor(private readonly terminal: Terminal) {}

  show(text: string): void {
    this.clear();
    this.terminal.write(text);
    this.#shown = text.length;
  }

  /** A terminal that has become narrower since shows it on several rows. */
  clear(): void {
    if (this.#shown === 0) return;
    const rows = Math.max(1, Math.ceil(this.#shown / Math.max(1, this.terminal.columns)));
    this.terminal.write(`${rows > 1 ? `\u001b[${rows - 1}A` : ''}\r\u001b[J`);
    this.#shown = 0;
  }
}

/** What a terminal echoes behind the line for Ctrl-C: where that came into a row of its own, the line would stay above it. */
const echoed = '^C';

/** Shorter than a row, so that no terminal wraps it: with as many figures of each head as there is room for. */
export function fitted(heads: readonly StatusFields[], columns: number): string {
  const room = Math.max(0, columns - 1 - echoed.length);
  const most = Math.max(...heads.map(({ length }) => length));
  for (let fields = most; fields > 0; fields--) {
    const line = heads.map((head) => head.slice(0, fields).join('  ')).join('   ');
    if (line.length <= room) return line;
  }
  return heads
    .map(([name]) => name)
    .join(' ')
    .slice(0, room);
}

function fieldsOf(head: ShownHead): StatusFields {
  const { flipsPerSecond, missedFlips, flushFenceMs, flipMs } = head.stats();
  const buffers = Object.entries(head.states())
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  return [
    head.info.display.connector,
    `${flipsPerSecond.toFixed(1)} flips/s`,
    `${missedFlips} missed`,
    `flip ${(flipMs?.p50 ?? 0).toFixed(1)} ms`,
    `flush fence ${(flushFenceMs?.p50 ?? 0).toFixed(1)} ms`,
    buffers.join(', '),
  ];
}
