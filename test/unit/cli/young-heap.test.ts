/** How V8 looks for what of the young heap is still used. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { packageRoot } from '../../../src/package-root.js';

const looks = 300;
/** Prints how often the threads beside the main one ran meanwhile. */
const counting = `
  import { readdirSync, readFileSync } from 'node:fs';
  import { keepYoungHeap } from './src/cli/young-heap.ts';
  const runs = () => {
    const others = readdirSync('/proc/self/task').filter((thread) => thread !== String(process.pid));
    const slices = others.map((thread) => Number(readFileSync('/proc/self/task/' + thread + '/schedstat', 'utf8').split(' ')[2]));
    return slices.reduce((sum, each) => sum + each, 0);
  };
  let made;
  if (process.argv.at(-1) === 'kept') keepYoungHeap();
  const before = runs();
  for (let look = 0; look < ${looks}; look++) {
    made = Array.from({ length: 2000 }, (_, at) => ({ at }));
    gc({ type: 'minor' });
  }
  console.log(runs() - before, made.length);
`;

function othersRan(how: 'kept' | 'as V8 has it'): number {
  const options = ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', counting, '--', how];
  return Number(execFileSync(process.execPath, options, { cwd: packageRoot, encoding: 'utf8' }).split(' ')[0]);
}

describe('the young heap of a kiosk', () => {
  it('is looked through by the thread that made it, which wakes no other for that', () => {
    // Some of them have work of their own meanwhile, such as compiling.
    const [kept, usual] = [othersRan('kept'), othersRan('as V8 has it')];
    assert.ok(kept < usual / 2, `others ran ${kept} times, and ${usual} times as V8 has it`);
  });
});
