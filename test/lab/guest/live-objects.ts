/** How many objects this process holds on to: what a leak of ours is made of, whatever V8 makes of the heap's size. */
import v8 from 'node:v8';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';

/** Since Node 20.13; not in the types yet. */
type QueryObjects = (constructor: unknown, options: { format: 'count' }) => number;

/** Several rounds with turns between: a finalizer of the addon runs after its round, and lets go of more. */
export async function liveObjects(): Promise<number> {
  v8.setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 4; round++) {
    collect();
    for (let turn = 0; turn < 10; turn++) await nextTurn();
  }
  const { queryObjects } = v8 as unknown as { queryObjects: QueryObjects };
  return queryObjects(Object, { format: 'count' });
}
