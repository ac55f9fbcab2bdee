/**
 * Where the GPU keeps a buffer that the display has imported. QEMU's virtio-gpu can read
 * system memory only: a buffer in VRAM is refused without a word, and the screen stays black.
 *
 * i915 always moves such a buffer to system memory. xe and amdgpu do so unless the kernel
 * thinks that the two devices can reach each other (P2P), as pci_p2pdma_distance() judges:
 * behind one PCIe switch, or anywhere on a machine whose CPU is an AMD Zen. Sources:
 * xe_dma_buf.c, amdgpu_dma_buf.c, i915_gem_dmabuf.c, p2pdma.c.
 */
import type { DrmDevice } from '../device/index.js';
import { no, ok, unknown, type Question } from './check.js';
import type { Files } from './files.js';
import type { Check } from './report.js';

/** Bytes by memory region of an open DRM file that are shared with others; empty where the driver does not tell. */
export type SharedMemory = ReadonlyMap<string, number>;

const keepsVram = ['xe', 'amdgpu'];
const advice =
  'give the guest a CPU model other than AMD’s, or keep GPU and virtio-gpu off one PCIe switch, so that the driver moves the buffer to system memory; then try `probe --flip` and look for `response 0x1200` in `dmesg`';

export function checkPlacement(render: DrmDevice, display: DrmDevice, files: Files, shared: SharedMemory): Check {
  const why = 'QEMU cannot read a passed-through GPU’s VRAM: a buffer there leaves the screen black, without an error';
  const device = render.render ?? render.primary;
  const question: Question = { id: 'trials.placement', why, device };
  const inVram = [...shared]
    .filter(([region, bytes]) => region.startsWith('vram') && bytes > 0)
    .map(([region]) => region);
  if (inVram.length > 0)
    return no(question, `${render.driver} keeps the imported buffer in ${inVram.join(', ')}`, advice);
  if (shared.size > 0)
    return ok(question, `${render.driver} has the imported buffer in ${[...shared.keys()].join(', ')}`);
  if (!keepsVram.includes(render.driver)) return ok(question, `${render.driver} lends buffers from system memory`);
  const reach = peerReach(render, display, files);
  if (reach === undefined)
    return ok(question, `${render.driver} moves the buffer to system memory: no P2P between the two`);
  return unknown(question, `${render.driver} would keep the buffer in VRAM, if it has any: ${reach}`, advice);
}

/** Why the kernel takes the two for peers; undefined where it does not. */
export function peerReach(render: DrmDevice, display: DrmDevice, files: Files): string | undefined {
  if (sharedBridge(render, display, files)) return 'both are behind one PCIe switch or root port';
  return isZen(files.text('/proc/cpuinfo') ?? '') ? 'the CPU is an AMD Zen, on which the kernel allows P2P' : undefined;
}

/** Bridges are the folders above the function in sysfs, below the root bus `pci0000:00`. */
function sharedBridge({ pci: render }: DrmDevice, { pci: display }: DrmDevice, files: Files): boolean {
  if (render === undefined || display === undefined) return false;
  const bridges = (address: string) => {
    const parts = (files.real(`/sys/bus/pci/devices/${address}`) ?? '').split('/');
    return parts.slice(parts.findIndex((part) => part.startsWith('pci')) + 1, -1);
  };
  const above = bridges(display);
  return bridges(render).some((bridge) => above.includes(bridge));
}

/** As cpu_supports_p2pdma() in the kernel: family 0x17 and later. */
function isZen(cpuinfo: string): boolean {
  const vendor = /^vendor_id\s*:\s*(\S+)/m.exec(cpuinfo)?.[1];
  const family = Number(/^cpu family\s*:\s*(\d+)/m.exec(cpuinfo)?.[1] ?? 0);
  return vendor === 'AuthenticAMD' && family >= 0x17;
}

/** From /proc/self/fdinfo: rows such as `drm-shared-vram0: 8192 KiB`. Source: drm-usage-stats.rst. */
export function parseSharedMemory(fdinfo: string): SharedMemory {
  const units: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20 };
  const rows = [...fdinfo.matchAll(/^drm-shared-(\w+):\s*(\d+)(?: (\w+))?/gm)];
  const found = rows.map(([, region = '', amount, unit = '']): [string, number] => [
    region,
    Number(amount) * (units[unit] ?? 1),
  ]);
  return new Map(found.filter(([, bytes]) => bytes > 0));
}
