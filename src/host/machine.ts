/** The machine that a host is to run: what was asked for, completed and judged. Pure. */
import { isAbsolute, join, resolve } from 'node:path';
import { GuestheadError } from '../errors.js';
import { parsePci } from '../pci-address.js';
import { hostArchitecture, type Architecture } from './architecture.js';
import type { HostAccelerator, HostDisplay } from './choices.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface HostMachine {
  readonly architecture: Architecture;
  /** QEMU's and libvirt's name for it. */
  readonly name: string;
  /** The GPU to pass through, as `0000:01:00.0`. */
  readonly vfio: string | undefined;
  /** 1–16 outputs of the display device. */
  readonly heads: number;
  /** Pixels of the first head's preferred mode. */
  readonly size: Size;
  readonly display: HostDisplay;
  /** TCP port of Spice on the loopback address, for a viewer elsewhere; undefined: a Unix socket. */
  readonly spicePort: number | undefined;
  /** Where Spice listens otherwise. */
  readonly spiceSocket: string;
  /** Where QEMU takes listeners of its D-Bus display. */
  readonly displaySocket: string;
  /** Whether buffers of the guest's programs are to reach programs of the host. */
  readonly transfer: boolean;
  /** Where the port to the guest's producer, and the broker's monitor, listen. */
  readonly transferSocket: string;
  readonly qmpSocket: string;
  /** Guest memory as QEMU takes it, e.g. `4G`. */
  readonly memory: string;
  readonly cpus: number;
  readonly kernel: string | undefined;
  readonly initrd: string | undefined;
  /** The kernel's command line. */
  readonly append: string | undefined;
  readonly disk: string | undefined;
  readonly accelerator: HostAccelerator;
}

/** What a caller may name; the rest is the default. */
export type HostWishes = { readonly [K in keyof HostMachine]?: HostMachine[K] | undefined };

/** What virtio-gpu takes, in pixels each way. */
const leastSide = 32;
const mostSide = 8192;
const mostHeads = 16;

/** Throws ERR_USAGE, with the choices there are. */
export function hostMachineOf(wishes: HostWishes): HostMachine {
  const { name = 'guesthead', heads = 1, size = { width: 1920, height: 1080 }, memory = '4G', cpus = 4 } = wishes;
  const machine: HostMachine = {
    ...{ name, heads, size, memory, cpus },
    architecture: wishes.architecture ?? hostArchitecture,
    vfio: wishes.vfio === undefined ? undefined : parsePciAddress(wishes.vfio),
    display: wishes.display ?? 'gtk',
    spicePort: wishes.spicePort,
    spiceSocket: wishes.spiceSocket ?? runtimePath(`${name}-spice.sock`),
    displaySocket: wishes.displaySocket ?? runtimePath(`${name}-qmp.sock`),
    transfer: wishes.transfer ?? false,
    transferSocket: wishes.transferSocket ?? runtimePath(`${name}-transfer.sock`),
    qmpSocket: wishes.qmpSocket ?? runtimePath(`${name}-broker-qmp.sock`),
    kernel: absolute(wishes.kernel),
    initrd: absolute(wishes.initrd),
    append: wishes.append,
    disk: absolute(wishes.disk),
    accelerator: wishes.accelerator ?? 'auto',
  };
  judge(machine);
  return machine;
}

/** In the user's folder for what lives as long as a session. */
function runtimePath(file: string): string {
  return join(process.env['XDG_RUNTIME_DIR'] ?? '/tmp', file);
}

function judge({ name, heads, size, memory, cpus, kernel, initrd, append, display, spicePort }: HostMachine): void {
  if (!/^[\w.+-]+$/.test(name))
    throw usage(`No name for a machine: ${name}`, 'letters, digits and . _ + - make a name');
  if (!Number.isInteger(heads) || heads < 1 || heads > mostHeads)
    throw usage(`No display has ${heads} heads`, `choose 1 to ${mostHeads}`);
  if ([size.width, size.height].some((side) => side < leastSide || side > mostSide))
    throw usage(
      `virtio-gpu has no mode of ${size.width}x${size.height}`,
      `choose ${leastSide} to ${mostSide} pixels each way`,
    );
  if (bytesOf(memory) < 128 * mebibyte) throw usage(`${memory} is too little memory`, 'choose 128M or more, e.g. 4G');
  if (!Number.isInteger(cpus) || cpus < 1) throw usage('A machine has one processor or more', 'e.g. --cpus 4');
  if (kernel === undefined && (initrd ?? append) !== undefined)
    throw usage('--initrd and --append go with --kernel', 'name the kernel image, or leave them out');
  if (spicePort !== undefined && display !== 'spice')
    throw usage('--spice-port goes with --display spice', 'choose --display spice, or leave the port out');
}

/** `01:00.0` or `0000:01:00.0` → the latter; throws ERR_USAGE for what is no PCI address. */
export function parsePciAddress(text: string): string {
  const address = parsePci(text);
  if (address === undefined)
    throw usage(`No PCI address: ${text}`, 'write it as lspci -D does, e.g. 0000:01:00.0, or 01:00.0');
  return `${address.domain ?? '0000'}:${address.place}`;
}

export const mebibyte = 2 ** 20;

/** `512M` or `4G` in bytes. */
export function bytesOf(memory: string): number {
  const match = /^(\d+)([MG])$/.exec(memory);
  if (match === null) throw usage(`No size of memory: ${memory}`, 'write a size such as 512M or 4G');
  return Number(match[1]) * (match[2] === 'G' ? 1024 * mebibyte : mebibyte);
}

/** libvirt takes no other path, and QEMU may be started elsewhere. */
function absolute(path: string | undefined): string | undefined {
  return path === undefined || isAbsolute(path) ? path : resolve(path);
}

function usage(what: string, advice: string): GuestheadError {
  return new GuestheadError('ERR_USAGE', what, { advice });
}
