/** The kernel, its modules, and whether this is a guest at all. */
import { release as osRelease } from 'node:os';
import { no, ok, unknown, type Question } from './check.js';
import { systemFiles, type Files } from './files.js';
import { checkMachine } from './guest.js';
import type { Check } from './report.js';

export interface SystemSources {
  readonly files: Files;
  /** As `uname -r`. */
  readonly release: string;
}

export function checkSystem({ files, release }: SystemSources = { files: systemFiles, release: osRelease() }): Check[] {
  return [checkMachine(files), checkImport(release), checkFixes(release), checkModules(files)];
}

type Version = readonly [major: number, minor: number, patch: number];

/** `7.2.13+deb13-amd64` → 7, 2, 13. */
export function parseRelease(release: string): Version | undefined {
  const [, major, minor, patch] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(release) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch ?? 0)];
}

function isBefore(version: Version, [major, minor, patch]: Version): boolean {
  if (version[0] !== major) return version[0] < major;
  return version[1] !== minor ? version[1] < minor : version[2] < patch;
}

const importQuestion: Question = {
  id: 'system.kernel',
  why: 'virtio-gpu imports another GPU’s buffers since Linux 6.14, and 6.16 mended its early faults; before, only export and copy work',
};
const upgrade = 'install Linux 6.16 or later in the guest (on Debian from backports)';

function checkImport(release: string): Check {
  const version = parseRelease(release);
  if (version === undefined) return unknown(importQuestion, `Linux ${release}`, null);
  const backports = /\.el\d+(?:_\d+)?\b/.exec(release)?.[0].slice(1);
  if (backports !== undefined && isBefore(version, [6, 16, 0]))
    return unknown(
      importQuestion,
      `Linux ${release}: its number says little, for ${backports} brings much of later kernels back; the trials below tell`,
      upgrade,
    );
  if (isBefore(version, [6, 0, 0]))
    return no(importQuestion, `Linux ${release}: no import, and no fences of dma-bufs (6.0)`, upgrade);
  if (isBefore(version, [6, 14, 0])) return no(importQuestion, `Linux ${release}: no import`, upgrade);
  return ok(importQuestion, `Linux ${release}`, isBefore(version, [6, 16, 0]) ? upgrade : null);
}

const fixesQuestion: Question = {
  id: 'system.fixes',
  why: 'older kernels lack fixes in virtio-gpu’s import, fences and frame pacing that a long run meets',
};

/** Source: KERNEL.md, "Bugs" and "Fences and flip timing". */
const fixes: readonly (readonly [since: Version, what: string])[] = [
  [[6, 16, 0], 'implicit fences of imported buffers, missed unpins (6.16)'],
  [[6, 19, 0], 'flip events by the vblank timer, without it as fast as the host answers (6.19)'],
  [[7, 2, 9], 'leaked handles, two NULL dereferences (7.2.9)'],
];

function checkFixes(release: string): Check {
  const version = parseRelease(release);
  if (version === undefined) return unknown(fixesQuestion, `Linux ${release}`);
  const lacking = fixes.filter(([since]) => isBefore(version, since)).map(([, what]) => what);
  if (lacking.length === 0) return ok(fixesQuestion, 'all known ones are in');
  const found = `lacks, unless the distribution brought them back: ${lacking.join('; ')}`;
  return unknown(fixesQuestion, found, 'use Linux 7.2.9 or later where a run fails');
}

const modulesQuestion: Question = {
  id: 'system.modules',
  why: 'a display without its driver shows nothing, and a GPU without its driver allocates nothing',
};
const virtioGpuId = '0x1af4:0x1050';

function checkModules(files: Files): Check {
  const interesting = ['virtio_gpu', 'udmabuf', 'i915', 'xe', 'amdgpu', 'nouveau', 'nvidia_drm', 'vgem'];
  const loaded = files.names('/sys/module');
  const here = interesting.filter((name) => loaded.includes(name));
  const orphans = driverless(files);
  const found = here.length === 0 ? 'none of the drivers that matter' : here.join(', ');
  if (orphans.length === 0) return ok(modulesQuestion, found);
  const lacking = `${found}; without a DRM driver: ${orphans.map(({ text }) => text).join(', ')}`;
  return no(modulesQuestion, lacking, modesettingIsOff(files) ?? adviceOn(orphans));
}

/** Images for servers and `safe graphics` boot so; each KMS driver then refuses its device with EINVAL. */
function modesettingIsOff(files: Files): string | undefined {
  const off = /(?:^|\s)(nomodeset|virtio[-_]gpu\.modeset=0)(?:\s|$)/.exec(files.text('/proc/cmdline') ?? '')?.[1];
  return off === undefined
    ? undefined
    : `take ${off} off the kernel’s command line: with it no graphics driver takes a device`;
}

function adviceOn(orphans: readonly Orphan[]): string {
  if (orphans.some(({ virtio }) => virtio))
    return '`modprobe virtio-gpu`, and load it at each start; a kernel without it needs CONFIG_DRM_VIRTIO_GPU';
  if (orphans.some(({ driver }) => driver === 'nvidia'))
    return 'load nvidia-drm with mode setting: options nvidia-drm modeset=1 in /etc/modprobe.d, or nvidia-drm.modeset=1 on the kernel’s command line';
  if (orphans.every(({ driver }) => driver?.replaceAll('_', '-').endsWith('vfio-pci') === true))
    return 'VFIO has it for a guest inside this one: take its driver_override away to use it here';
  return 'load the driver of that GPU (xe, i915, amdgpu, …), and install its firmware; see `dmesg`';
}

interface Orphan {
  readonly text: string;
  readonly virtio: boolean;
  readonly driver: string | undefined;
}

function driverless(files: Files): Orphan[] {
  return [...ofPci(files), ...ofVirtio(files)];
}

/** virtio-gpu off the PCI bus: behind virtio-mmio, or a channel. */
function ofVirtio(files: Files): Orphan[] {
  const folder = '/sys/bus/virtio/devices';
  return files
    .names(folder)
    .filter((name) => files.text(`${folder}/${name}/device`)?.trim() === '0x0010')
    .filter((name) => files.real(`${folder}/${name}`)?.includes('/pci') !== true)
    .filter((name) => files.real(`${folder}/${name}/driver`) === undefined)
    .map((name) => ({ text: `${name} (virtio-gpu)`, virtio: true, driver: undefined }));
}

/** Display controllers on the PCI bus that no DRM driver has. */
function ofPci(files: Files): Orphan[] {
  const folder = '/sys/bus/pci/devices';
  const read = (device: string, name: string) => files.text(`${folder}/${device}/${name}`)?.trim() ?? '';
  return files
    .names(folder)
    .filter((device) => read(device, 'class').startsWith('0x03'))
    .filter((device) => !hasDrm(files, `${folder}/${device}`))
    .map((device) => {
      const id = `${read(device, 'vendor')}:${read(device, 'device')}`;
      const driver = files.real(`${folder}/${device}/driver`)?.split('/').at(-1);
      const text = `${device} (${id.replaceAll('0x', '')}${driver === undefined ? '' : `, bound to ${driver}`})`;
      return { text, virtio: id === virtioGpuId, driver };
    });
}

/** Below the function itself, or below the virtio device on it. */
function hasDrm(files: Files, device: string): boolean {
  const children = files.names(device);
  return (
    children.includes('drm') ||
    children.some((name) => /^virtio\d+$/.test(name) && files.names(`${device}/${name}`).includes('drm'))
  );
}
