/** `probe`: whether this machine can do it, and if not, what to change. */
import { arch, homedir, hostname, release, userInfo } from 'node:os';
import {
  discover,
  masterHolder,
  selectDisplay,
  selectRender,
  type DrmDevice,
  type MasterHolder,
} from '../device/index.js';
import { checkOptions, type OptionsOf } from '../declare.js';
import { packageVersion } from '../package-root.js';
import type { SeatRoots } from '../session/index.js';
import { attempt, failed, valueOf, type Attempt } from './check.js';
import { probeOptions } from './declared.js';
import { factsOf, readDevice, type DeviceReading } from './device-reading.js';
import { systemFiles, type Files } from './files.js';
import type { FlipTrial } from './flip.js';
import { tryGl, tryGlFlip, untriedGl, type GlTrial } from './gl/trial.js';
import { checkHeads } from './heads.js';
import { checkLibraries } from './libraries.js';
import { checkChoices, checkNodes } from './nodes.js';
import { checkPermissions } from './permissions.js';
import { redact } from './redact.js';
import type { Check, CheckGroup, GroupId, MachineFacts, ProbeReport } from './report.js';
import { checkSeat } from './seat.js';
import { checkSystem } from './system.js';
import { checkTransfer } from './transfer.js';
import { runTrials, untried, type TrialDevices, type Trials } from './trials.js';
import { checkUdmabuf } from './udmabuf.js';
import { judge } from './verdict.js';
import { checkVirtio } from './virtio.js';

/**
 * What a probe can be asked for.
 * @interface
 */
export type ProbeOptions = OptionsOf<typeof probeOptions>;

/** The machine; replaced by the tests. */
export interface ProbeSources {
  readonly files: Files;
  readonly machine: () => MachineFacts;
  readonly devices: () => readonly DrmDevice[];
  readonly read: (device: DrmDevice, isDisplay: boolean) => DeviceReading;
  readonly holder: (node: string) => MasterHolder | undefined;
  /** Where a seat daemon would be; undefined: as this process has it. */
  readonly seat?: SeatRoots;
  readonly libraries: () => Check[];
  readonly trials: (devices: TrialDevices) => Promise<Trials>;
  readonly flip: (devices: TrialDevices) => Promise<FlipTrial>;
  readonly gl: (devices: TrialDevices, formats: Trials['formats']) => Promise<GlTrial>;
  readonly glFlip: (devices: TrialDevices, gl: GlTrial) => Promise<readonly Check[]>;
}

const system: ProbeSources = {
  files: systemFiles,
  machine: readMachine,
  devices: discover,
  read: readDevice,
  holder: masterHolder,
  libraries: checkLibraries,
  trials: runTrials,
  flip: async ({ render, display }) => (await import('./flip.js')).tryFlip(render.node, display.node),
  gl: tryGl,
  glFlip: tryGlFlip,
};

/**
 * Looks at the machine, and tries on its devices what `openHead` would do, without a
 * change on the screen unless `flip` is set. What fails becomes a check of the report,
 * so that this rejects only where the package itself is broken, and with ERR_USAGE. For the moment of the
 * trials this process is DRM master where no other is; nothing stays open.
 */
export async function probe(options: ProbeOptions = {}, sources: ProbeSources = system): Promise<ProbeReport> {
  const asked = checkOptions(probeOptions, options);
  const { readings, devices, groups } = look(asked, sources);
  const { trials, gl, flip, glFlip } = await tryAll(devices, asked, sources);
  const shown = flip === undefined ? glFlip : [flip.check, ...glFlip];
  const report: ProbeReport = {
    guesthead: packageVersion(),
    redacted: false,
    machine: sources.machine(),
    devices: readings.map(factsOf),
    gl: gl.facts,
    groups: [
      ...groups,
      { id: 'gl', checks: gl.driver },
      { id: 'trials', checks: [...trials.checks, ...gl.trials, ...shown] },
    ],
    verdict: judge(trials, valueOf(devices), flip),
  };
  return asked.redact ? redact(report, homedir()) : report;
}

/** All of a probe that is only read: nothing is tried on a device, and nothing of it changes. */
export function readChecks(options: ProbeOptions = {}, sources: ProbeSources = system): readonly CheckGroup[] {
  return look(options, sources).groups;
}

interface Look {
  readonly readings: readonly DeviceReading[];
  /** The two that would be used. */
  readonly devices: Attempt<TrialDevices>;
  readonly groups: readonly CheckGroup[];
}

function look(options: ProbeOptions, sources: ProbeSources): Look {
  const { files, holder, seat } = sources;
  const found = sources.devices();
  const devices = attempt(() => chooseDevices(found, options));
  const shows = valueOf(attempt(() => selectDisplay(found, options.display ?? 'auto')));
  const chosen = shows?.device;
  const isDisplay = (device: DrmDevice) => device === chosen || device.driver === 'virtio_gpu';
  const readings = found.map((device) => sources.read(device, isDisplay(device)));
  const displays = readings.filter(({ device }) => isDisplay(device));
  const heads = displays.flatMap((reading) => valueOf(reading.heads) ?? []);
  const groups = [
    group('system', () => checkSystem({ files, release: sources.machine().kernel })),
    group('nodes', () => [...checkNodes(readings, displays), ...checkChoices([shows, valueOf(devices)?.render])]),
    group('virtio-gpu', () => checkVirtio(readings, files)),
    group('heads', () => checkHeads(readings)),
    group('permissions', () => [...checkPermissions(readings, displays, { files, holder }), checkSeat(files, seat)]),
    group('libraries', sources.libraries),
    group('udmabuf', () => checkUdmabuf(heads, files)),
    group('transfer', () => checkTransfer(files)),
  ];
  return { readings, devices, groups };
}

function group(id: GroupId, check: () => Check[]): CheckGroup {
  const checks = attempt(check);
  if ('value' in checks) return { id, checks: checks.value };
  return { id, checks: [failed({ id: `${id}.reading`, why: 'this part could not be read' }, checks.fault, 'unknown')] };
}

function chooseDevices(
  devices: readonly DrmDevice[],
  { render = 'auto', display = 'auto' }: ProbeOptions,
): TrialDevices {
  const shows = selectDisplay(devices, display);
  return { display: shows, render: selectRender(devices, render, shows.device) };
}

interface Tried {
  readonly trials: Trials;
  readonly gl: GlTrial;
  readonly flip: FlipTrial | undefined;
  readonly glFlip: readonly Check[];
}

/** One after the other: each opens the devices, and lets go of them. */
async function tryAll(
  devices: Attempt<TrialDevices>,
  { flip, gl: how }: ProbeOptions,
  sources: ProbeSources,
): Promise<Tried> {
  if ('fault' in devices)
    return {
      trials: untried(devices.fault),
      gl: untriedGl('there is no GPU that would draw'),
      flip: undefined,
      glFlip: [],
    };
  const both = devices.value;
  const trials = await sources.trials(both).catch(untried);
  const gl = how === 'skip' ? untriedGl('it was left out with `--gl skip`') : await sources.gl(both, trials.formats);
  if (flip !== true) return { trials, gl, flip: undefined, glFlip: [] };
  const flipped = await sources.flip(both);
  return { trials, gl, flip: flipped, glFlip: how === 'skip' ? [] : await sources.glFlip(both, gl) };
}

function readMachine(): MachineFacts {
  const user = valueOf(attempt(() => userInfo().username)) ?? String(process.getuid?.() ?? 'unknown');
  return {
    kernel: release(),
    architecture: arch(),
    node: process.version,
    host: hostname(),
    user,
    root: process.getuid?.() === 0,
  };
}
