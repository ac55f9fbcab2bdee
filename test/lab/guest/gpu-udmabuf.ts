/** Flips ordinary memory that the render GPU shall draw into: opening fails where it does not take such memory. */
import { firstValueFrom, skip } from 'rxjs';
import { openHead } from '../../../src/head/index.js';

export async function drawByGpu() {
  const head = await openHead({ mode: '1280x768', path: 'udmabuf', source: 'gpu' });
  const { frame } = await firstValueFrom(head.flips(() => undefined).pipe(skip(14)));
  const { path, buffers } = head.info;
  await head.close();
  return { path, buffers, frame };
}
