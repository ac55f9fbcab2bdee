/** How much memory V8 takes for what lives shortly, and how it looks what of that is still used. */
import { setFlagsFromString } from 'node:v8';

/**
 * For a process that runs for months and makes little at a time, of which next to nothing lives on. From now on the young heap grows
 * no more: V8 would come to 32 MiB for it, by and by, and give none of that back, though it costs no less time than with the few that
 * a start has brought. (As an option of Node's own it has no effect: V8 looks at it only here.) And it is looked through by the main
 * thread alone: to share out so little, V8 wakes four threads at each look, which costs several times what there is to do.
 */
export function keepYoungHeap(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--no-parallel-scavenge');
}
