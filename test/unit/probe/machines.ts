/** Machines made up for the probe's tests. */
import { rootsWith } from '../../support/made-up-seat.js';
import type { DrmDevice } from '../../../src/device/index.js';
import { GuestheadError } from '../../../src/errors.js';
import { format, LINEAR } from '../../../src/ffi/index.js';
import type { Bench } from '../../../src/probe/bench.js';
import { readDevice } from '../../../src/probe/device-reading.js';
import type { FileAccess, Files } from '../../../src/probe/files.js';
import { tryGl } from '../../../src/probe/gl/trial.js';
import type { RowFacts } from '../../../src/probe/rows.js';
import type { OpenedNode } from '../../../src/probe/opened-node.js';
import { probe, type ProbeOptions, type ProbeSources } from '../../../src/probe/probe.js';
import type { Capabilities, HeadFacts, VirtioParameters } from '../../../src/probe/report.js';
import { runTrials } from '../../../src/probe/trials.js';
import { drawnRun } from './drawn-runs.js';

export const virtio: DrmDevice = {
  driver: 'virtio_gpu',
  pci: '0000:00:02.0',
  primary: '/dev/dri/card0',
  render: '/dev/dri/renderD128',
};

export function gpu(
  driver: string,
  number = 1,
  pci = `0000:00:${(number + 4).toString(16).padStart(2, '0')}.0`,
): DrmDevice {
  return { driver, pci, primary: `/dev/dri/card${number}`, render: `/dev/dri/renderD${number + 128}` };
}

/** A file system of texts; folders and links follow from the paths. `modes` are of the nodes. */
export function filesOf(
  texts: Readonly<Record<string, string>>,
  modes: Readonly<Record<string, FileAccess>> = {},
  links: Readonly<Record<string, string>> = {},
): Files {
  const paths = [...Object.keys(texts), ...Object.keys(links)];
  return {
    text: (path) => texts[path],
    names: (folder) => {
      const below = paths.filter((path) => path.startsWith(`${folder}/`));
      return [...new Set(below.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))].sort();
    },
    real: (path) => links[path],
    access: (path) => modes[path],
  };
}

export const openToAll: FileAccess = { mode: 0o666, uid: 0, gid: 44, open: true };
export const closed: FileAccess = { mode: 0o660, uid: 0, gid: 44, open: false };
export const zen = 'vendor_id\t: AuthenticAMD\ncpu family\t: 25\nflags\t\t: fpu hypervisor\n';
export const intel = 'vendor_id\t: GenuineIntel\ncpu family\t: 6\nflags\t\t: fpu hypervisor\n';

export const able: Capabilities = {
  kms: true,
  atomic: true,
  dumb: true,
  primeImport: true,
  primeExport: true,
  modifiers: false,
  syncobj: true,
  timelineSyncobj: true,
  asyncFlip: false,
  atomicAsyncFlip: false,
  cursor: { width: 64, height: 64 },
};

export const parameters: VirtioParameters = {
  features3d: false,
  blob: true,
  hostVisible: false,
  crossDevice: false,
  contextInit: false,
  capsets: 0,
  blobAlignmentBytes: null,
};

export function head(connector: string, status: HeadFacts['status'] = 'connected'): HeadFacts {
  const modes = status === 'connected' ? [{ width: 1920, height: 1080, refreshHz: 74.998, preferred: true }] : [];
  return { connector, status, modes, make: 'Red Hat', model: 'QEMU Monitor', serial: 'ab12' };
}

/** What an open node answers; `open` counts what has not been closed yet. */
export class FakeNodes {
  open = 0;

  constructor(private readonly answers: Partial<OpenedNode> = {}) {}

  readonly openNode = (path: string): OpenedNode => {
    this.open++;
    return {
      capabilities: () => able,
      virtioParameters: () => parameters,
      heads: () => (path.endsWith('card0') ? [head('Virtual-1')] : []),
      isMaster: () => true,
      close: () => {
        this.open--;
      },
      ...this.answers,
    };
  };
}

export function refusing(code: 'ERR_PERMISSION' | 'ERR_NOT_DRM'): (path: string) => OpenedNode {
  return (path) => {
    throw new GuestheadError(code, 'No permission to open the device', { device: path, advice: 'join the group' });
  };
}

/** A bench on which everything works, but for what `answers` says. */
export class FakeBench implements Bench {
  readonly tried: string[] = [];
  closed = 0;

  constructor(answers: Partial<Bench> = {}) {
    Object.assign(this, answers);
  }

  allocate(): string {
    return 'allocated';
  }
  export(): string {
    return 'exported';
  }
  import(): string {
    return 'imported';
  }
  addFramebuffer(): string {
    return 'framebuffer';
  }
  testCommit(): string {
    return 'tested';
  }
  rows(): RowFacts {
    return { made: 64, taken: 4, shown: 4, width: 5464, stride: 5632 };
  }
  sharedMemory(): ReadonlyMap<string, number> {
    return new Map();
  }
  formats(): ReturnType<Bench['formats']> {
    return [new Map([[format.XRGB8888, [LINEAR]]])];
  }
  importUdmabuf(): string {
    return 'imported too';
  }
  explicitSync(): string {
    return 'by virtio_gpu';
  }
  tryPath(path: string): Promise<void> {
    this.tried.push(path);
    return Promise.resolve();
  }
  hostRefusals(): ReturnType<Bench['hostRefusals']> {
    return Promise.resolve([]);
  }
  close(): void {
    this.closed++;
  }
}

export interface MadeUp {
  readonly devices?: readonly DrmDevice[];
  readonly files?: Files;
  readonly nodes?: FakeNodes;
  readonly open?: (path: string) => OpenedNode;
  readonly bench?: Bench;
  readonly kernel?: string;
  readonly root?: boolean;
  readonly sources?: Partial<ProbeSources>;
}

/** Probes a made-up machine: a good one, but for what is given. */
export function probeOf(made: MadeUp, options: ProbeOptions = {}) {
  const { devices = [virtio, gpu('xe')], files = filesOf({}), nodes = new FakeNodes() } = made;
  return probe(options, {
    files,
    machine: () => ({
      kernel: made.kernel ?? '7.2.13',
      architecture: 'x64',
      node: 'v20.20.2',
      host: 'kiosk-7',
      user: made.root === false ? 'alice' : 'root',
      root: made.root !== false,
    }),
    devices: () => devices,
    read: (device, isDisplay) => readDevice(device, isDisplay, { files, open: made.open ?? nodes.openNode }),
    holder: () => ({ pid: 812, command: 'weston' }),
    seat: rootsWith([]),
    libraries: () => [],
    trials: (both) => runTrials(both, files, () => made.bench ?? new FakeBench()),
    flip: () => Promise.reject(new Error('not asked for')),
    gl: (both, formats) => tryGl(both, formats, () => Promise.resolve(drawnRun())),
    glFlip: () => Promise.reject(new Error('not asked for')),
    ...made.sources,
  });
}
