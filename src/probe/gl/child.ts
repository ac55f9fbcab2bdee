/**
 * The program of the process that draws for the probe: `draw NODE`, or `show NODE DISPLAY IMPLICIT`. A driver may crash
 * on a node, or never come back; then this process is lost and the probe is not. The build makes one file of it.
 */
import { writeSync } from 'node:fs';
import { restoreOnSignals } from '../../head/index.js';
import { Owner } from '../../owner.js';
import { drawOnce, driverFacts, lookAtFences, makeTarget, openDriver } from './draw-steps.js';
import { openShown, seeWhetherItWaits, showFrames } from './show-steps.js';
import { failureOf, type FactsOf, type FenceFacts, type Step, type Told } from './told.js';

async function draw(node: string, owner: Owner): Promise<void> {
  const opened = await taken('driver', async () => {
    const driver = await openDriver(node, owner);
    return [driver, driverFacts(driver.gl.info)];
  });
  const target = await taken('draw', async () => {
    const made = makeTarget(opened, owner);
    return [made, await drawOnce(opened, made)];
  });
  await taken('fences', async () => [undefined, await lookAtFences(opened, target)]);
}

async function show(node: string, display: string, implicit: FenceFacts['implicit'], owner: Owner): Promise<void> {
  const shown = await taken('show', async () => {
    const open = await openShown(node, display, owner);
    return [open, await showFrames(open)];
  });
  await taken('wait', async () => [undefined, await seeWhetherItWaits(shown, implicit)]);
}

/** Takes a step and tells how it ended, at once: the next one may end the process. Rejects with what ended this one. */
async function taken<S extends Step, T>(step: S, take: () => Promise<readonly [T, FactsOf[S]]>): Promise<T> {
  try {
    const [made, value] = await take();
    say({ step, value });
    return made;
  } catch (error) {
    say({ step, failure: failureOf(error) });
    throw error;
  }
}

function say(told: Told | { readonly step: Step; readonly value: FactsOf[Step] }): void {
  writeSync(1, `${JSON.stringify(told)}\n`);
}

async function main([task, node = '', display = '', implicit = 'none']: readonly string[]): Promise<void> {
  const owner = new Owner();
  restoreOnSignals();
  try {
    if (task === 'draw') await draw(node, owner);
    else await show(node, display, implicit as FenceFacts['implicit'], owner);
  } catch {
    // it has been told
  } finally {
    owner.close();
  }
}

void main(process.argv.slice(2));
