/** What this process and the kernel hold of descriptors and buffers. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Held {
  readonly fds: number;
  readonly dmabufs: number;
  readonly framebuffers: number;
  readonly gemObjects: number;
}

const dri = '/sys/kernel/debug/dri';

export function held(): Held {
  const devices = readdirSync(dri).filter((name) => /^\d+$/.test(name) && Number(name) < 64);
  const lines = (name: string, pattern: RegExp) =>
    devices.reduce((sum, device) => sum + (read(`${dri}/${device}/${name}`).match(pattern)?.length ?? 0), 0);
  return {
    fds: readdirSync('/proc/self/fd').length,
    dmabufs: Number(/Total (\d+) objects/.exec(read('/sys/kernel/debug/dma_buf/bufinfo'))?.[1] ?? -1),
    framebuffers: lines('framebuffer', /^framebuffer\[\d+\]/gm),
    gemObjects: lines('gem_names', /^\s*\d+/gm),
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
