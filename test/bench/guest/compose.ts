/**
 * `compose.ts NODE WARM-UP FRAMES [--pixels]`: the scene of test/bench/tools/compose.c by `Gl.compose`, one frame after the other;
 * then the same where only a twentieth of the picture is damaged. Prints JSON: the CPU time of the whole process a frame, ms.
 */
import { once } from 'node:events';
import { DrmNode } from '../../../src/device/index.js';
import { format, GbmDevice, gbmUsage } from '../../../src/ffi/index.js';
import { Gl, type GlPicture, type Layer, type Scene } from '../../../src/gl/index.js';
import { loadNative } from '../../../src/native/index.js';

const size = { width: 1280, height: 720 };
/** A twentieth of the pixels, which two of the three layers cover. */
const twentieth = { x: 496, y: 280, width: 288, height: 160 };

/** LLVM's first shaders, on an emulated processor that others use as well. */
const compileMs = 120_000;

const [node = '', warmUp = '', frames = '', wish] = process.argv.slice(2);
const opened = DrmNode.open(node);
const gbm = GbmDevice.create(opened.fd);
const gl = await Gl.open({ native: loadNative(), gbm, device: node }, { timeoutMs: compileMs });

/** A linear buffer of the GPU's, as a dma-buf that EGL imports. */
function importBuffer(): Promise<GlPicture> {
  const buffer = gbm.createBuffer({ ...size, format: format.XRGB8888, usage: gbmUsage.linear | gbmUsage.rendering });
  const plane = { fd: buffer.exportFd(), offsetBytes: 0, strideBytes: buffer.stride() };
  return gl.importDmabuf({ ...size, modifier: buffer.modifier, planes: [plane] });
}

async function layersOf(): Promise<Layer[]> {
  const below = await importBuffer();
  await gl.compose(below, { layers: [], background: [0.25, 0.5, 0.75, 1] });
  const picture = await gl.createPicture(640, 360);
  picture.pixels.forEach((_, i) => (picture.pixels[i] = 0xff000000 | (Math.imul(i, 2654435761) >>> 8)));
  return [
    { picture: below, to: { x: 0, y: 0, ...size }, alpha: 'opaque' },
    { picture, to: { x: 320, y: 180, width: 640, height: 360 }, opacity: 0.5 },
    { colour: [0, 0.5, 1, 1], to: { x: 40, y: 40, width: 200, height: 100 } },
  ];
}

/** The program in C ends each frame with a finish. */
async function draw(target: GlPicture, scene: Scene, count: number): Promise<void> {
  for (let frame = 0; frame < count; frame++) await gl.compose(target, { ...scene, fence: 'finish' });
}

async function cpuMsAFrame(target: GlPicture, scene: Scene): Promise<number> {
  await draw(target, scene, Number(warmUp));
  const before = process.cpuUsage();
  await draw(target, scene, Number(frames));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / Number(frames);
}

const target = await importBuffer();
const scene: Scene = { layers: await layersOf() };
if (wish === '--pixels') {
  await draw(target, scene, 1);
  if (!process.stdout.write(await gl.readPixels(target, 0, 0, size.width, size.height)))
    await once(process.stdout, 'drain');
} else {
  const cpuMs = await cpuMsAFrame(target, scene);
  const damagedCpuMs = await cpuMsAFrame(target, { ...scene, damage: [twentieth] });
  console.log(JSON.stringify({ cpuMs, damagedCpuMs }));
}
gl.close();
gbm.close();
opened.close();
