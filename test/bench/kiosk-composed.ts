/** How far a client's rate falls where two surfaces have to be composed by GL, beside what `compose` itself costs then. */
import type { KioskResult } from '../../src/cli/run-kiosk.js';
import type { Lab } from '../../src/lab/index.js';
import { framesOf, kioskWith } from './frames.js';
import { show, spread } from './figures.js';
import type { Say } from './sections.js';

/** ms, medians: from one frame of a client to its next, shown as it is and with a surface on it, and from the call of `compose` to its end. */
export interface Composed {
  readonly directMs: number;
  readonly twoMs: number;
  readonly composeMs: number;
}

/** Of the lab's mode. */
const refreshMs = 1000 / 75;
/** GL's first scenes are the compiler's; half of the frames have come after them, then. */
const warmUpSeconds = 20;

export async function composeTwo(
  lab: Lab,
  program: string,
  rounds: number,
  seconds: number,
  say: Say,
): Promise<Composed[]> {
  const taken: Composed[] = [];
  const run = async (options: readonly string[], ...words: string[]) => {
    const { command } = kioskWith([program, String(2 * warmUpSeconds + seconds), ...words], options);
    const { stdout, stderr } = await lab.run(command);
    const line = /^\{"status".*\}$/m.exec(stdout)?.[0];
    if (line === undefined) throw new Error(`the kiosk told nothing: ${stderr}`);
    return { frames: framesOf(stdout + stderr), result: JSON.parse(line) as KioskResult };
  };
  for (let round = 1; round <= rounds; round++) {
    const direct = await run([]);
    const two = await run(['--draw', 'gl'], '--two');
    const [directMs, twoMs] = [direct.frames.intervalMs, two.frames.intervalMs];
    taken.push({ directMs, twoMs, composeMs: two.result.gl?.renderFenceMs?.p50 ?? NaN });
    say(`round ${round} of ${rounds}, composed: ${JSON.stringify(taken.at(-1))}`);
  }
  return taken;
}

/** A frame is shown at a refresh: what is drawn in 1.2 of them takes two. */
export function composedRows(taken: readonly Composed[]): string[][] {
  const beyond = taken.map(({ directMs, twoMs }) => twoMs - directMs);
  const whole = taken.map(({ composeMs }) => Math.ceil(composeMs / refreshMs) * refreshMs);
  return [
    ['a client’s frame later by GL’s composition of two surfaces, ms', show(spread(beyond))],
    ['`compose` itself, from its call to its end, ms', show(spread(taken.map(({ composeMs }) => composeMs)))],
    ['the same in whole refreshes, ms', show(spread(whole))],
  ];
}
