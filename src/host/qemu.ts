/** What the installed QEMU is and can do, as it says itself. */
import { once } from 'node:events';
import { accessSync, constants, existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { hostArchitecture, machineTypes, type Architecture } from './architecture.js';
import { askQemu, readQemu } from './qemu-session.js';

export interface Qemu {
  /** The program's path. */
  readonly program: string;
  readonly version: string;
  /** The properties of each type asked for; a type without an entry is not in this QEMU. */
  readonly properties: ReadonlyMap<string, ReadonlySet<string>>;
  /** The values of `-display` whose modules are installed. */
  readonly displays: readonly string[];
  /** The options of `-spice`; none where it has no Spice. */
  readonly spiceOptions: readonly string[];
  /** Its Spice server encodes GL scanouts for a viewer elsewhere; else QEMU refuses `gl=on` with a port. */
  readonly streamsGl: boolean;
}

export interface KvmTrial {
  readonly works: boolean;
  /** What was tried and how it ended. */
  readonly found: string;
}

const types = { device: ['virtio-gpu-pci', 'vfio-pci', 'pcie-root-port'], object: ['memory-backend-memfd'] };

/** Undefined where the program does not start. */
export async function lookAtQemu(program: string): Promise<Qemu | undefined> {
  const [answers, displays, spice, streamsGl] = await Promise.all([
    askQemu(program, ['-M', 'none'], questions),
    readQemu(program, ['-display', 'help']),
    readQemu(program, ['-spice', 'help']),
    tryStreaming(program),
  ]);
  const [version, ...lists] = answers.returned;
  if (version === undefined) return undefined;
  return {
    program,
    version: versionOf(version as QmpVersion),
    properties: new Map([...types.device, ...types.object].flatMap((type, index) => entryOf(type, lists[index]))),
    displays: [...displays.matchAll(/^([a-z][\w-]*)$/gm)].map(([name]) => name),
    spiceOptions: [...spice.matchAll(/^\s+([\w-]+)=/gm)].map(([, name]) => name ?? ''),
    streamsGl,
  };
}

const questions = [
  { execute: 'query-version' },
  ...types.device.map((typename) => ({ execute: 'device-list-properties', arguments: { typename } })),
  ...types.object.map((typename) => ({ execute: 'qom-list-properties', arguments: { typename } })),
];

/**
 * No list tells: it depends on the Spice server that QEMU was built with (0.15.3 has it). One without
 * refuses before it looks for a GPU, so that a host without one can be asked too.
 */
async function tryStreaming(program: string): Promise<boolean> {
  const spice = `port=${await freePort()},addr=127.0.0.1,disable-ticketing=on,gl=on`;
  const { errors } = await askQemu(program, ['-M', 'none', '-spice', spice], []);
  return !/local-only|invalid option|failed to initialize spice server/.test(errors);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface QmpVersion {
  readonly qemu: { readonly major: number; readonly minor: number; readonly micro: number };
}

function versionOf({ qemu }: QmpVersion): string {
  return `${qemu.major}.${qemu.minor}.${qemu.micro}`;
}

function entryOf(type: string, list: unknown): [string, ReadonlySet<string>][] {
  if (!Array.isArray(list)) return [];
  return [[type, new Set((list as { name: string }[]).map(({ name }) => name))]];
}

/**
 * Starts a paused machine with KVM and the host's processor: a `/dev/kvm` that opens
 * may still refuse what `-cpu host` sets, and QEMU then aborts.
 */
export async function tryKvm(
  program: string | undefined,
  architecture: Architecture,
  device = '/dev/kvm',
): Promise<KvmTrial> {
  if (architecture !== hostArchitecture)
    return { works: false, found: `the machine is ${architecture}, this host ${hostArchitecture}` };
  if (!existsSync(device)) return { works: false, found: `no ${device}` };
  if (!mayUse(device, constants.R_OK | constants.W_OK))
    return { works: false, found: `${device} may not be opened by this user` };
  if (program === undefined) return { works: false, found: `${device} is there, but no QEMU to try it with` };
  const machine = ['-M', machineTypes[architecture].options, '-accel', 'kvm', '-cpu', 'host', '-m', '64M'];
  const { returned, errors } = await askQemu(program, machine, [{ execute: 'query-kvm' }]);
  const works = (returned[0] as { enabled?: boolean } | undefined)?.enabled === true;
  const reason = errors.split('\n')[0]?.replace(/^qemu-[\w-]+: /, '') ?? '';
  return { works, found: works ? 'a machine with -cpu host starts' : `a machine with -cpu host fails: ${reason}` };
}

function mayUse(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
