/** The GPU draws into an imported buffer of its own, the CPU reads it, and the fences are looked at. Nothing is shown. */
import { closeSync } from 'node:fs';
import { modifiers, renderMemory, renderUsage, type RenderMemory } from '../../buffer/index.js';
import { DrmNode, systemKernel, type Allocator } from '../../device/index.js';
import { format, LINEAR, primeHandleToFd } from '../../ffi/index.js';
import { Gl, type Drawn } from '../../gl/index.js';
import { access, loadNative, type GlFormat, type GlInfo } from '../../native/index.js';
import type { Owner } from '../../owner.js';
import { SlowDrawing } from './slow-drawing.js';
import { countWrong, pictureScene } from './test-picture.js';
import type { DrawFacts, DriverFacts, FenceFacts } from './told.js';

/** One job of GL: a software renderer compiles with the first drawing, for 10 s and more on a busy, emulated machine. */
export const jobTimeoutMs = 30_000;
/** Pixels: a row is a multiple of what any GPU rounds it up to. */
const size = 256;

export interface OpenedGl {
  readonly gl: Gl;
  readonly node: DrmNode;
  readonly gbm: Allocator;
}

/** What is drawn into. */
export interface Target {
  readonly memory: RenderMemory;
  readonly fd: number;
  /** Bytes. */
  readonly stride: number;
}

export async function openDriver(path: string, owner: Owner): Promise<OpenedGl> {
  const node = owner.own(DrmNode.open(path));
  const gbm = owner.own(await systemKernel.createGbm(node));
  const gl = owner.own(await Gl.open({ native: loadNative(), gbm, device: path }, { timeoutMs: jobTimeoutMs }));
  return { gl, node, gbm };
}

export function driverFacts({ formats, ...info }: GlInfo): DriverFacts {
  return {
    ...info,
    formats: formats.map(({ fourcc, modifiers }) => ({ fourcc, modifiers: drawnModifiers(modifiers) })),
  };
}

/** A driver that lists no layout for a format, as llvmpipe, takes linear buffers. */
function drawnModifiers(listed: GlFormat['modifiers']): string[] {
  if (listed.length === 0) return [String(LINEAR)];
  return listed.filter(({ externalOnly }) => !externalOnly).map(({ modifier }) => String(modifier));
}

/** As a head's backbuffer is made and imported. */
export function makeTarget({ gbm, node, gl }: OpenedGl, owner: Owner): Target {
  const buffer = owner.own(
    gbm.createBuffer({ width: size, height: size, format: format.XRGB8888, usage: renderUsage }),
  );
  const fd = owner.own(primeHandleToFd(node.fd, buffer.handle, { readWrite: true }), closeSync);
  const stride = buffer.stride();
  const modifier = gl.info.dmabufModifiers ? LINEAR : modifiers.INVALID;
  const layout = { width: size, height: size, format: format.XRGB8888, stride, offset: 0, modifier };
  const [memory, forget] = renderMemory({ ...layout, size: stride * size }, fd);
  owner.own(memory, forget);
  return { memory, fd, stride };
}

/** By the fence that a frame would have: a fence that comes too early shows as wrong pixels. */
export async function drawOnce({ gl }: OpenedGl, target: Target): Promise<DrawFacts> {
  const times: number[] = [];
  for (let drawing = 0; drawing < 2; drawing++) {
    const from = performance.now();
    await finished(await gl.compose(target, pictureScene(size, size)));
    times.push(performance.now() - from);
  }
  const [firstMs = 0, nextMs = 0] = times;
  return { width: size, height: size, wrongPixels: readWrong(target), firstMs, nextMs };
}

async function finished({ fence }: Drawn): Promise<void> {
  await fence?.signalled;
  fence?.close();
}

/** Through the CPU's mapping of the dma-buf, as everybody but the GPU sees it. */
function readWrong({ fd, stride }: Target): number {
  const mapping = loadNative().mapDmabuf(fd, stride * size, access.read);
  try {
    mapping.beginAccess(access.read);
    const wrong = countWrong(new Uint32Array(mapping.buffer), stride / 4, size, size);
    mapping.endAccess(access.read);
    return wrong;
  } finally {
    mapping.close();
  }
}

export async function lookAtFences({ gl }: OpenedGl, target: Target): Promise<FenceFacts> {
  const slow = await SlowDrawing.measured(gl, target, size, size);
  const native = gl.info.nativeFence ? await nativeFence(gl, target, slow) : null;
  await gl.compose(target, slow.scene('implicit'));
  const implicitBy = pendingBy(target.fd);
  const from = performance.now();
  await gl.compose(target, { layers: [], fence: 'finish' });
  const drewOnMs = performance.now() - from;
  return { slowMs: slow.ms, native, implicit: implicitBy === null ? 'none' : 'pending', implicitBy, drewOnMs };
}

async function nativeFence(gl: Gl, target: Target, slow: SlowDrawing): Promise<FenceFacts['native']> {
  const { fence } = await gl.compose(target, slow.scene('native'));
  if (fence === undefined) return null;
  const state = fence.isSignalled ? 'signalled' : 'pending';
  await fence.signalled;
  fence.close();
  return state;
}

/** The driver whose writer's fence on the dma-buf has not signalled, which a display would wait for. */
export function pendingBy(dmabuf: number): string | null {
  const native = loadNative();
  const fd = native.exportSyncFile(dmabuf, access.read);
  try {
    return native.syncFileInfo(fd).fences.find(({ status }) => status === 0)?.driver ?? null;
  } finally {
    closeSync(fd);
  }
}
