/** `node gl-loss.js DISPLAY RENDER NAME`: draws on a render GPU that is unbound under it and bound again; prints what it was told. */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { filter, firstValueFrom } from 'rxjs';
import type { GuestheadError } from '../../../src/errors.js';
import type { Gl } from '../../../src/gl/index.js';
import { openGpus } from '../../../src/head/index.js';

export interface GlLoss {
  readonly renderer: string;
  /** How a drawing ended, and another opening, while the GPU was gone. */
  readonly compose: string;
  readonly open: string;
  /** The pixel drawn before the loss, and after the return. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

const [display = '', render = '', name = ''] = process.argv.slice(2);
const driver = (file: string) => {
  writeFileSync(`/sys/bus/virtio/drivers/virtio_gpu/${file}`, name);
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (error as GuestheadError).code,
  );

async function draw(gl: Gl): Promise<readonly number[]> {
  using picture = await gl.createOffscreen(64, 64);
  const to = { x: 0, y: 0, width: 64, height: 64 };
  const { fence } = await gl.compose(picture, { layers: [{ colour: [0, 1, 0, 1], to }] });
  fence?.close();
  return [...(await gl.readPixels(picture, 63, 63, 1, 1))];
}

async function drawUntilRefused(gl: Gl): Promise<string> {
  for (;;) {
    const code = await codeOf(draw(gl));
    if (code !== 'done') return code;
    await sleep(20);
  }
}

const gpus = await openGpus({ display, render, reopen: true });
const back = firstValueFrom(gpus.changes$.pipe(filter(({ kind }) => kind === 'back')));
const timeoutMs = 60_000; // the first drawing compiles for LLVM, which an emulated processor on a busy machine takes long for
const gl = await gpus.openGl({ timeoutMs });
const before = await draw(gl);
const refused = drawUntilRefused(gl);
driver('unbind');
const compose = await refused;
const open = await codeOf(gpus.openGl());
driver('bind');
await back;
const again = await gpus.openGl({ timeoutMs });
const after = await draw(again);
const result: GlLoss = { renderer: gl.info.renderer, compose, open, before, after };
gpus.close();
console.log(JSON.stringify(result));
