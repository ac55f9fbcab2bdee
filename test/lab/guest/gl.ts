/** What the render GPU of the lab draws into dma-bufs, from dma-bufs. Prints one JSON object of what was seen. */
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fence, formats } from '../../../src/buffer/index.js';
import { discover, DrmNode } from '../../../src/device/index.js';
import { GbmDevice } from '../../../src/ffi/gbm-device.js';
import { DamageHistory, type GlPicture } from '../../../src/gl/index.js';
import { access, loadNative } from '../../../src/native/index.js';
import { openBench, rasterOf } from '../../gl/support/bench.js';
import { combinations } from '../../gl/support/combinations.js';
import { assertSame } from '../../gl/support/compare.js';
import { check, draw, Pictures } from '../../gl/support/drawing.js';
import { waves } from '../../gl/support/raster.js';
import type { Drawing } from '../../gl/support/reference.js';
import { yuvSeen } from './gl-yuv.js';
import { held } from './held.js';
import { Vgem } from './vgem.js';

const path = discover().find(({ driver }) => driver === 'vgem')?.primary ?? '';
const bench = await openBench(path);
const { gl } = bench;

async function codeOf(action: () => Promise<unknown>): Promise<{ code: string; advice: string; message: string }> {
  try {
    await action();
    return { code: 'none', advice: '', message: '' };
  } catch (error) {
    const { code = '', advice = '', message } = error as Error & { code?: string; advice?: string };
    return { code, advice, message };
  }
}

/** One in thirteen of the suite's: a prime, so that every transform, filter, alpha, opacity and place comes up. */
async function someCombinations() {
  const chosen = combinations.filter((_, index) => index % 13 === 0);
  const wrong: string[] = [];
  for (const { name, target, drawing } of chosen)
    await check(bench, target, [drawing]).catch((error: unknown) => wrong.push(`${name}: ${String(error)}`));
  return { tried: chosen.length, wrong };
}

/** Three buffers in turn, then one of an age of 4: each as a full redraw gives it. */
async function agedBuffers() {
  const [width, height] = [48, 32];
  const history = new DamageHistory();
  const pictures = new Pictures(bench);
  const full = await bench.target(width, height);
  const buffers: { target: GlPicture; contents: number }[] = [];
  for (let index = 0; index < 5; index++) buffers.push({ target: await bench.target(width, height), contents: -1 });
  const raster = waves(9, 7, 3);
  const wrong: string[] = [];
  const ages: number[] = [];
  const order = [0, 1, 2, 0, 1, 2, 3, 3, 0, 1, 0, 2, 3, 1];
  for (const [number, index] of order.entries()) {
    const to = { x: 2 + number * 2, y: 3 + number, width: 13.5, height: 9.25 };
    const scene: Drawing[] = [{ raster, to, transform: '90' }];
    const buffer = buffers[index]!;
    const age = buffer.contents < 0 ? 0 : number - buffer.contents;
    const changed = [{ x: to.x - 2, y: to.y - 1, width: 17, height: 12 }];
    const damage = history.add({ number, age, width, height }, changed);
    const actual = await draw(bench, buffer.target, pictures, scene, damage === undefined ? {} : { damage });
    buffer.contents = number;
    ages.push(age);
    try {
      assertSame(actual, await draw(bench, full, pictures, scene), `frame ${number} of age ${age}`);
    } catch (error) {
      wrong.push(String(error));
    }
  }
  for (const { target } of buffers) target.close();
  full.close();
  await pictures.close();
  return { ages, wrong };
}

/** A fence of vgem's that is signalled late: what the loop does meanwhile, and when the drawing ends. */
async function lateFence() {
  const native = loadNative();
  const vgem = Vgem.open();
  const memory = native.createUdmabuf(4096);
  const late = vgem.attach(memory, { write: true });
  const acquire = Fence.adopt(native.exportSyncFile(memory, access.read));
  const target = await bench.target(8, 8);
  const picture = await bench.picture(waves(8, 8, 1));
  let waitMs = 0;
  const jobs = gl.jobs$.subscribe((job) => {
    if (job.what === 'compose') waitMs = Math.max(waitMs, job.waitMs);
  });
  let isDrawn = false;
  const calledAt = performance.now();
  const drawing = gl.compose(target, { layers: [{ picture, to: { x: 0, y: 0, width: 8, height: 8 }, acquire }] });
  const callMs = performance.now() - calledAt;
  acquire.close(); // borrowed for the call only
  const done = drawing.then(async ({ fence }) => {
    await fence?.signalled;
    fence?.close();
    isDrawn = true;
  });
  let turns = 0;
  const until = performance.now() + 300;
  while (performance.now() < until) {
    await sleep(5);
    turns++;
  }
  const drawnBeforeSignal = isDrawn;
  late.signal();
  await done;
  jobs.unsubscribe();
  closeSync(memory);
  vgem.close();
  const level = (await gl.readPixels(target, 3, 3, 1, 1))[3];
  for (const each of [target, picture]) each.close();
  return { callMs, turns, drawnBeforeSignal, waitMs, level };
}

/** What a driver does not take, and what is no picture. */
async function refusals(node: DrmNode, gbm: GbmDevice) {
  const usage = 4 | 16; // rendering, linear
  const buffer = gbm.createBuffer({ width: 32, height: 32, format: formats.ARGB8888, usage });
  const fd = node.buffers.primeHandleToFd(buffer.handle, { readWrite: true });
  const stride = buffer.stride();
  const plane = { fd, offsetBytes: 0, strideBytes: stride };
  const whole = { width: 32, height: 32, format: formats.ARGB8888, planes: [plane] };
  const nv12 = await gl.importDmabuf({
    ...{ width: 32, height: 16, format: formats.NV12 },
    planes: [plane, { ...plane, offsetBytes: 16 * stride }],
  });
  const foreign = loadNative().createUdmabuf(64 * 64 * 4);
  const others = { width: 64, height: 64, format: formats.ARGB8888, modifier: 0n, onClose: () => undefined };
  const memory = { ...others, planes: [{ fd: foreign, offsetBytes: 0, strideBytes: 256 }] };
  const target = await gl.createOffscreen(4, 4);
  const source = 'void mainImage(out vec4 c, in vec2 p) { c = texture(iChannel0, p); }';
  const effect = await gl.createEffect(source);
  const to = { x: 0, y: 0, width: 4, height: 4 };
  const seen = {
    format: await codeOf(() => gl.importDmabuf({ ...whole, format: 0x20203153 })),
    modifier: await codeOf(() => gl.importDmabuf({ ...whole, modifier: 0x0100000000000001n })),
    linear: await codeOf(async () => (await gl.importDmabuf({ ...whole, modifier: 0n })).close()),
    tooSmall: await codeOf(() => gl.importDmabuf({ ...whole, height: 3200 })),
    shortRows: await codeOf(() => gl.importDmabuf({ ...whole, planes: [{ ...plane, strideBytes: 64 }] })),
    closed: await codeOf(() => gl.importDmabuf({ ...whole, planes: [{ ...plane, fd: 1023 }] })),
    noDmabuf: await codeOf(() => gl.importDmabuf({ ...whole, planes: [{ ...plane, fd: 0 }] })),
    yuvTarget: await codeOf(() => gl.compose(nv12, { layers: [] })),
    yuvChannel: await codeOf(() => gl.compose(target, { layers: [{ effect, to, pictures: [nv12] }] })),
    foreignDmabuf: await codeOf(() => gl.importDmabuf(memory)),
    foreignTarget: await codeOf(() => gl.compose({ memory }, { layers: [] })),
    foreignPicture: await codeOf(() => gl.compose(target, { layers: [{ picture: { memory }, to }] })),
    foreignPixels: await codeOf(() => gl.readPixels({ memory }, 0, 0, 1, 1)),
    refusedMemory: await codeOf(async () => {
      const memory = { ...whole, format: 0x20203153, modifier: 0n, onClose: () => undefined };
      await gl.compose({ memory }, { layers: [] });
    }),
  };
  for (const each of [nv12, target, effect, buffer]) each.close();
  for (const each of [fd, foreign]) closeSync(each);
  return seen;
}

/** Imported and closed again, with what was drawn in between. */
async function comeAndGo(rounds: number): Promise<void> {
  const to = { x: 0, y: 0, width: 16, height: 16 };
  for (let round = 0; round < rounds; round++) {
    const [target, picture] = [await bench.target(16, 16), await bench.picture(waves(16, 16, 1))];
    (await gl.compose(target, { layers: [{ picture, to }] })).fence?.close();
    target.close();
    picture.close();
  }
  const last = await gl.createOffscreen(1, 1);
  await rasterOf(gl, last); // what was closed is gone once this is done
  last.close();
}

const node = DrmNode.open(path);
const gbm = await GbmDevice.createOnThread(node.fd);
const { formats: listed, ...info } = gl.info;
const began = performance.now();
const timed: Record<string, number> = {};
async function part<T>(name: string, run: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await run();
  timed[name] = Math.round(performance.now() - start);
  return result;
}
const seen = {
  info,
  targets: bench.targets,
  listed: listed.map(({ fourcc }) => fourcc),
  combinations: await part('combinations', someCombinations),
  aged: await part('aged', agedBuffers),
  yuv: await part('yuv', () => yuvSeen(gl, node, gbm)),
  refused: await part('refused', () => refusals(node, gbm)),
  late: await part('late', lateFence),
};
await comeAndGo(10);
const before = held();
await part('comeAndGo', () => comeAndGo(40));
const after = held();
gbm.close();
node.close();
bench.close();
console.log(JSON.stringify({ ...seen, before, after, timed, ms: performance.now() - began }));
