/**
 * Where the suite draws: Mesa's software renderer of this machine, without any device; or the GPU whose node GUESTHEAD_GL_NODE
 * names, where every target and every picture is a GBM buffer that has been imported as a dma-buf.
 */
import { closeSync } from 'node:fs';
import { formats } from '../../../src/buffer/index.js';
import { DrmNode } from '../../../src/device/index.js';
import { GbmDevice } from '../../../src/ffi/gbm-device.js';
import { gbmUsage } from '../../../src/ffi/constants.js';
import { Gl, type GlPicture } from '../../../src/gl/index.js';
import { access, loadNative } from '../../../src/native/index.js';
import { Owner } from '../../../src/owner.js';
import { abgrOf, argbOf, type Raster } from './raster.js';

export interface Bench {
  readonly gl: Gl;
  /** What a target is: for the names of tests. */
  readonly targets: 'offscreen pictures' | 'dma-bufs';
  /** Something to draw into that pixels can be read from. The caller's to close. */
  target(width: number, height: number): Promise<GlPicture>;
  /** A picture with these pixels. The caller's to close. */
  picture(raster: Raster): Promise<GlPicture>;
  close(): void;
}

export async function openBench(node = process.env['GUESTHEAD_GL_NODE']): Promise<Bench> {
  return node === undefined || node === '' ? openSoftware() : openGpu(node);
}

/** All pixels of it. */
export async function rasterOf(gl: Gl, picture: GlPicture): Promise<Raster> {
  const { width, height } = picture;
  return { width, height, rgba: await gl.readPixels(picture, 0, 0, width, height) };
}

/** A picture in memory, as a program that has its pixels in hand makes one. */
export async function inMemory(gl: Gl, raster: Raster, format: 'ARGB8888' | 'ABGR8888' = 'ARGB8888') {
  const picture = await gl.createPicture(raster.width, raster.height, format);
  picture.pixels.set(format === 'ARGB8888' ? argbOf(raster) : abgrOf(raster));
  picture.damaged(0, 0, raster.width, raster.height);
  return picture;
}

async function openSoftware(): Promise<Bench> {
  const gl = await Gl.open({ native: loadNative() });
  return {
    gl,
    targets: 'offscreen pictures',
    target: (width, height) => gl.createOffscreen(width, height),
    picture: (raster) => inMemory(gl, raster),
    close: () => gl.close(),
  };
}

/** LLVM compiles for seconds in an emulated guest. */
const timeoutMs = 60_000;

async function openGpu(path: string): Promise<Bench> {
  const native = loadNative();
  const owner = new Owner();
  const node = owner.own(DrmNode.open(path));
  const gbm = owner.own(await GbmDevice.adoptOnThread(native.duplicate(node.fd)));
  const gl = owner.own(await Gl.open({ native, gbm, device: path }, { timeoutMs }));
  const usage = gbmUsage.linear | gbmUsage.rendering;

  /** The buffer object is closed at once: the EGL image keeps the memory. */
  async function allocated(width: number, height: number, pixels?: Uint32Array): Promise<GlPicture> {
    const format = formats.ARGB8888;
    const buffer = gbm.createBuffer({ width, height, format, usage });
    const fd = node.buffers.primeHandleToFd(buffer.handle, { readWrite: true });
    try {
      const [stride, offset] = [buffer.stride(), buffer.offset()];
      if (pixels !== undefined) write(fd, { width, height, stride, offset }, pixels);
      const { modifier } = buffer;
      return await gl.importDmabuf({
        width,
        height,
        format,
        modifier,
        planes: [{ fd, offsetBytes: offset, strideBytes: stride }],
      });
    } finally {
      closeSync(fd);
      buffer.close();
    }
  }

  function write(fd: number, { width, height, stride, offset }: Record<string, number>, pixels: Uint32Array): void {
    const mapping = native.mapDmabuf(fd, offset! + stride! * height!, access.readWrite);
    mapping.beginAccess(access.write);
    const all = new Uint32Array(mapping.buffer);
    for (let row = 0; row < height!; row++)
      all.set(pixels.subarray(row * width!, (row + 1) * width!), (offset! + row * stride!) / 4);
    mapping.endAccess(access.write);
    mapping.close();
  }

  return {
    gl,
    targets: 'dma-bufs',
    target: (width, height) => allocated(width, height),
    picture: (raster) => allocated(raster.width, raster.height, argbOf(raster)),
    close: () => owner.close(),
  };
}
