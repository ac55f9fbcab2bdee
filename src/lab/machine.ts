/** The guest as a machine: QEMU's command line. Pure; starts nothing. */
import { join } from 'node:path';
import { GuestheadError } from '../errors.js';
import { mostCpus, type LabMachine } from './choices.js';
import type { Kernel } from './kernel/locate.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const labDisplays = ['none', 'dbus'] as const;
export type LabDisplay = (typeof labDisplays)[number];

export interface MachineOptions {
  /** Pixels; becomes the preferred mode of every head. Default: 1920x1080 for one head, 1280x720 for several. */
  readonly size: Size;
  /** 1–16, all connected once the lab is up. */
  readonly heads: number;
  /** `false` = a host without blob resources: every foreign import is refused. */
  readonly blob: boolean;
  /** A second virtio-gpu, to allocate on: unlike vgem it can be unbound. */
  readonly renderGpu: boolean;
  /** Guest memory as QEMU takes it, e.g. `2G`. */
  readonly memory: string;
  /** 1–255. Default: GUESTHEAD_LAB_CPUS of the environment, or 2. */
  readonly cpus: number;
  /** What captures are taken of: `none` QMP's screendump, `dbus` QEMU's D-Bus display. */
  readonly display: LabDisplay;
  /** Which of QEMU's PCs. */
  readonly type: LabMachine;
  /** The port of the transfer, and a QMP socket of the broker's own, for QEMU serves one client of a socket at a time. */
  readonly transfer: boolean;
  /** A tablet for each head, a mouse and a keyboard, and what the guest needs to make devices of its own (uinput). */
  readonly input: boolean;
  /**
   * The guest's time is what its one emulated processor has run, 4 ns an instruction: what a program costs is the same on every host,
   * and beside whatever else runs there.
   */
  readonly countInstructions: boolean;
  /**
   * The guest sees what the host changes in files while it runs. Costs it its page
   * cache at every open: a Node start takes five times as long.
   */
  readonly liveFiles: boolean;
}

/** What a caller may name; the rest is the default. */
export type MachineWishes = { readonly [K in keyof MachineOptions]?: MachineOptions[K] | undefined };

export function machineOf({
  size,
  heads = 1,
  blob = true,
  renderGpu = false,
  memory = '2G',
  countInstructions = false,
  cpus = countInstructions ? 1 : usualCpus(process.env['GUESTHEAD_LAB_CPUS']),
  display = 'none',
  type = 'q35',
  transfer = false,
  input = false,
  liveFiles = false,
}: MachineWishes): MachineOptions {
  const devices = { renderGpu, transfer, input };
  const processor = { memory, cpus, countInstructions };
  return { size: size ?? defaultSize(heads), heads, blob, ...processor, display, type, ...devices, liveFiles };
}

/**
 * Two, unless the environment says otherwise: the tests' runner has one guest beside another, and there each is faster with one. Of
 * two emulated processors, one waits for a lock that the other holds, which the host runs later.
 */
function usualCpus(named: string | undefined): number {
  const cpus = Number(named ?? 2);
  if (Number.isInteger(cpus) && cpus >= 1 && cpus <= mostCpus) return cpus;
  throw new GuestheadError('ERR_USAGE', `GUESTHEAD_LAB_CPUS is ${named}`, {
    advice: `set it to the number of processors that guests of the lab have, 1 to ${mostCpus}, or unset it`,
  });
}

function defaultSize(heads: number): Size {
  return heads === 1 ? { width: 1920, height: 1080 } : { width: 1280, height: 720 };
}

/** Files of one run, all in a short path: a Unix socket's name holds 107 bytes. */
export function runFiles(folder: string) {
  return {
    folder,
    init: join(folder, 'init'),
    /** What init mounts; it looks for it beside itself. */
    layout: join(folder, 'layout'),
    /** What init loads before that. */
    modules: join(folder, 'modules'),
    /** Where virtiofsd has what the guest sees of the host; empty for all others. */
    share: join(folder, 'share'),
    /** What the guest has on its PATH beside the host's programs. */
    bin: join(folder, 'bin'),
    standIn: join(folder, 'udmabuf.so'),
    /** While it exists, the stand-in makes no buffer. */
    refusal: join(folder, 'refuse-buffers'),
    console: join(folder, 'console.log'),
    fs: join(folder, 'fs.sock'),
    qmp: join(folder, 'qmp.sock'),
    /** QMP for who watches the D-Bus display; there with `display: 'dbus'`. */
    watch: join(folder, 'watch.sock'),
    agent: join(folder, 'agent.sock'),
    witness: join(folder, 'witness.sock'),
    /** The host's end of the transfer's port, the broker's QMP, and where it takes consumers. */
    transfer: join(folder, 'transfer.sock'),
    brokerQmp: join(folder, 'broker-qmp.sock'),
    broker: join(folder, 'broker.sock'),
    capture: join(folder, 'capture.ppm'),
    /** Captures that are not as they should be, beside the folder: they outlive the run. */
    keptCapture: (number: number) => `${folder}-capture-${number}`,
    /** A head's VNC server: how the host connects, resizes and disconnects it. */
    vnc: (head: number) => join(folder, `vnc${head}.sock`),
  };
}

/** QEMU's name for the display device; screenshots name their head by it. */
export const gpuId = 'gpu0';

export type RunFiles = ReturnType<typeof runFiles>;
export type Accelerator = 'kvm' | 'tcg';

// Without la57, page walks are a level shorter; with erms the kernel clears pages by `rep stosb`, which TCG runs byte by byte;
// with pku each WRPKRU empties the emulated TLB, some ten times a flip; with avx2 QEMU 7.2 takes wrong addresses in a gather,
// which llvmpipe's shaders crash of; and no processor has VAES without it, of which Qt 6.4 crashed (docs/architecture.md).
const emulatedCpu = ['-cpu', 'max,la57=off,pku=off,erms=off,fsrm=off,avx2=off,vaes=off'];

const acceleration: Record<Accelerator, readonly string[]> = {
  kvm: ['-accel', 'kvm', '-cpu', 'host'],
  tcg: ['-accel', 'tcg,thread=multi', ...emulatedCpu],
};
/** 2^2 ns an instruction: near to what QEMU runs in that time here. Idle, it waits for the host's clock. */
const counting = ['-accel', 'tcg', '-icount', 'shift=2,sleep=on', ...emulatedCpu];

/** A QMP socket serves one client at a time: who watches the display has one of its own. */
const displays: Record<LabDisplay, (files: RunFiles) => readonly string[]> = {
  none: () => ['-display', 'none'],
  dbus: ({ watch }) => ['-display', 'dbus,p2p=on', '-qmp', `unix:${watch},server=on,wait=off`],
};

export function qemuArguments(
  machine: MachineOptions,
  kernel: Kernel,
  files: RunFiles,
  accelerator: Accelerator,
): string[] {
  const { size, heads, blob, renderGpu, memory, cpus, display, type, transfer, input } = machine;
  const gpu = [
    `virtio-gpu-pci,id=${gpuId}`,
    `max_outputs=${heads}`,
    `blob=${blob ? 'on' : 'off'}`,
    `xres=${size.width},yres=${size.height}`,
  ];
  return [
    ...(machine.countInstructions ? counting : acceleration[accelerator]),
    ...['-smp', `${cpus}`, '-m', memory, '-nodefaults', '-no-user-config', '-no-reboot'],
    ...['-object', `memory-backend-memfd,id=mem,size=${memory},share=on`],
    ...['-machine', `${type},memory-backend=mem`, '-vga', 'none'],
    ...displays[display](files),
    ...['-device', gpu.join(',')],
    ...(renderGpu ? ['-device', 'virtio-gpu-pci,id=gpu1,blob=off'] : []),
    ...Array.from({ length: heads }, (_, head) => vncServer(files, head)).flat(),
    ...(input ? inputDevices(heads) : []),
    ...['-kernel', kernel.image, '-append', kernelCommandLine(files, kernel)],
    ...['-chardev', `socket,id=fs,path=${files.fs}`, '-device', 'vhost-user-fs-pci,chardev=fs,tag=rootfs'],
    ...['-device', 'virtio-serial-pci'],
    ...port('agent', 'guesthead.agent', files.agent, 1),
    ...port('witness', 'guesthead.witness', files.witness, 2),
    ...(transfer ? transferArguments(files) : []),
    ...qmp(files.qmp),
    ...['-serial', `file:${files.console}`],
  ];
}

/** A tablet is its head's, so that the host says which one a click is on; the others are for whoever looks at any head. */
function inputDevices(heads: number): string[] {
  const tablets = Array.from({ length: heads }, (_, head) => `virtio-tablet-pci,display=${gpuId},head=${head}`);
  return [...tablets, 'virtio-mouse-pci', 'virtio-keyboard-pci'].flatMap((device) => ['-device', device]);
}

function vncServer(files: RunFiles, head: number): string[] {
  return ['-vnc', `unix:${files.vnc(head)},display=${gpuId},head=${head}`];
}

/**
 * What a kernel of the user's own says of itself is what its boot is judged by, from its first line on. Its own memory it protects
 * as it always does; the set-up's, which is known to be well, is spared an eighth of its boot.
 */
function kernelCommandLine(files: RunFiles, { isNamed }: Kernel): string {
  const root = 'root=rootfs rootfstype=virtiofs rw';
  const own = isNamed ? 'earlyprintk=serial' : 'quiet rodata=off';
  // The crypto self-tests are a quarter of an emulated boot, and nothing here uses what they test.
  const fast = 'mitigations=off nokaslr init_on_alloc=0 cryptomgr.notests';
  return `${root} console=ttyS0 ${own} init=${files.init} panic=-1 unknown_nmi_panic ${fast}`;
}

function transferArguments(files: RunFiles): string[] {
  return [...port('transfer', 'org.guesthead.transfer.0', files.transfer, 3), ...qmp(files.brokerQmp)];
}

/** `name` is what the guest finds it by. */
function port(id: string, name: string, path: string, number: number): string[] {
  const device = `virtserialport,chardev=${id},name=${name},id=${id}0,nr=${number}`;
  return ['-chardev', `socket,id=${id},path=${path},server=on,wait=off`, '-device', device];
}

function qmp(path: string): string[] {
  return ['-qmp', `unix:${path},server=on,wait=off`];
}
