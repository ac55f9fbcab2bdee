/** What this process and the kernel hold of descriptors and buffers. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { errnoOfResult } from '../../../src/ffi/failures.js';
import { libdrm } from '../../../src/ffi/libdrm-library.js';

export interface Held {
  readonly fds: number;
  readonly dmabufs: number;
  readonly framebuffers: number;
  readonly gemObjects: number;
  /** Of the open files that were asked. */
  readonly gemHandles?: number;
}

const dri = '/sys/kernel/debug/dri';

export function held(): Held {
  const devices = readdirSync(dri).filter((name) => /^\d+$/.test(name) && Number(name) < 64);
  const lines = (name: string, pattern: RegExp) =>
    devices.reduce((sum, device) => sum + (read(`${dri}/${device}/${name}`).match(pattern)?.length ?? 0), 0);
  return {
    fds: readdirSync('/proc/self/fd').filter((fd) => !isRtc(fd)).length,
    dmabufs: Number(/Total (\d+) objects/.exec(read('/sys/kernel/debug/dma_buf/bufinfo'))?.[1] ?? -1),
    framebuffers: lines('framebuffer', /^framebuffer\[\d+\]/gm),
    gemObjects: lines('gem_names', /^\s*\d+/gm),
  };
}

/** DRM_IOCTL_MODE_MAP_DUMB, of drm.h, with a struct drm_mode_map_dumb { handle, pad, offset }. */
const mapDumb = 0xc01064b3;
/** Handles are given out from 1, the lowest first: a leak shows among these. */
const mostHandles = 64;

/** How many GEM handles an open DRM file has: to map any other says ENOENT. Changes nothing. */
export function heldHandles(fd: number): number {
  let count = 0;
  for (let handle = 1; handle <= mostHandles; handle++) {
    const request = Buffer.alloc(16);
    request.writeUInt32LE(handle, 0);
    const result = libdrm().drmIoctl(fd, mapDumb, request);
    if (result === 0 || errnoOfResult(result) !== constants.errno.ENOENT) count++;
  }
  return count;
}

/** A display looks at the RTC now and then, for a moment. */
function isRtc(fd: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).includes('/rtc/');
  } catch {
    return false;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
