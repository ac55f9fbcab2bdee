/** Trials that change nothing on the screen: every step of the import path, then each path as `auto` would try it. */
import { pathNames, refusalOf, type PathName, type Refusal } from '../buffer/index.js';
import type { HostRefusal, Selected } from '../device/index.js';
import { coded } from '../errors.js';
import type { PlaneFormats } from '../gpus/index.js';
import { Owner } from '../owner.js';
import { attempt, failed, no, ok, statusOfFailure, unknown, valueOf, type Question } from './check.js';
import type { Bench } from './bench.js';
import { systemFiles, type Files } from './files.js';
import { checkPlacement } from './placement.js';
import { checkRows } from './rows.js';
import type { Check, CheckStatus } from './report.js';

export interface PathTrial {
  readonly path: PathName;
  readonly status: CheckStatus;
  /** Undefined where the path works. */
  readonly refusal: (Refusal & { readonly message: string }) | undefined;
}

export interface Trials {
  readonly checks: readonly Check[];
  readonly paths: readonly PathTrial[];
  /** What the display shows; undefined where it could not be read. */
  readonly formats: readonly PlaneFormats[] | undefined;
}

export interface TrialDevices {
  readonly render: Selected;
  readonly display: Selected;
}

type OpenBench = (render: Selected, display: Selected, files: Files) => Bench;

/** Nothing stays open, whatever fails. `openReal` is loaded only here: with it comes all of the output. */
export async function runTrials(
  { render, display }: TrialDevices,
  files: Files = systemFiles,
  open?: OpenBench,
): Promise<Trials> {
  const openBench = open ?? (await import('./bench.js')).openBench;
  const owner = new Owner();
  const bench = owner.own(openBench(render, display, files));
  try {
    const steps = trySteps(bench, render, display);
    const worked = (name: string) => steps.some(({ id, status }) => id === `trials.${name}` && status === 'ok');
    const placement = worked('import')
      ? [checkPlacement(render.device, display.device, files, bench.sharedMemory())]
      : [];
    const rows = worked('allocate') ? [tryRows(bench, render, display)] : [];
    const udmabuf = tryStep(udmabufQuestion(display), () => bench.importUdmabuf());
    const sync = tryStep(syncQuestion(render), () => bench.explicitSync());
    const paths: PathTrial[] = [];
    for (const path of pathNames) paths.push(await tryPath(bench, path));
    const host = checkHost(display, await bench.hostRefusals());
    const formats = valueOf(attempt(() => bench.formats()));
    return { checks: [...steps, ...rows, ...placement, udmabuf, sync, host, checkPaths(paths)], paths, formats };
  } finally {
    attempt(() => {
      owner.close(); // what a lost device took with it needs no closing
    });
  }
}

function trySteps(bench: Bench, render: Selected, display: Selected): Check[] {
  const steps: readonly (readonly [Question, () => string])[] = [
    [step('allocate', render, 'the GPU’s own driver allocates the buffers'), () => bench.allocate()],
    [step('export', render, 'PRIME hands a buffer on as a dma-buf'), () => bench.export()],
    [
      step('import', display, 'the display reads the very memory the GPU drew: nothing is copied'),
      () => bench.import(),
    ],
    [step('framebuffer', display, 'the kernel’s checks of size, format and stride'), () => bench.addFramebuffer()],
    [step('commit', display, 'the mode and the buffer together, as the first frame will be'), () => bench.testCommit()],
  ];
  const checks: Check[] = [];
  let broken: string | undefined;
  for (const [question, take] of steps) {
    const check = broken === undefined ? tryStep(question, take) : unknown(question, `not tried: ${broken} failed`);
    if (check.status !== 'ok') broken ??= question.id;
    checks.push(check);
  }
  return checks;
}

function step(name: string, { node }: Selected, why: string): Question {
  return { id: `trials.${name}`, why, device: node };
}

function tryRows(bench: Bench, render: Selected, display: Selected): Check {
  const why = 'a GPU refuses a picture whose rows are not as it wants them, or shows it skewed without an error';
  const question = step('rows', render, why);
  const facts = attempt(() => bench.rows());
  if ('fault' in facts) return failed(question, facts.fault, 'unknown');
  return checkRows(question, render.device.driver, display.device.driver, facts.value);
}

function udmabufQuestion(display: Selected): Question {
  return step('udmabuf', display, 'the final proof that the display takes foreign buffers, whatever the GPU does');
}

function syncQuestion(render: Selected): Question {
  const why =
    'the kiosk and its clients’ GPUs tell each other when a picture is drawn and free again; without it the kernel does';
  return step('explicit-sync', render, why);
}

function tryStep(question: Question, take: () => string): Check {
  try {
    return ok(question, take());
  } catch (error) {
    return failed(question, error, statusOfFailure(error));
  }
}

async function tryPath(bench: Bench, path: PathName): Promise<PathTrial> {
  try {
    await bench.tryPath(path);
    return { path, status: 'ok', refusal: undefined };
  } catch (error) {
    return { path, status: statusOfFailure(error), refusal: refusalFor(path, error) };
  }
}

function refusalFor(path: PathName, error: unknown): PathTrial['refusal'] {
  const known = coded(error);
  return { ...refusalOf(path, known), message: known.message };
}

function checkHost({ node }: Selected, refusals: readonly HostRefusal[] | undefined): Check {
  const why = 'the host refuses buffers without telling the caller: only the guest’s kernel log has it';
  const question: Question = { id: 'trials.host', why, device: node };
  if (refusals === undefined)
    return unknown(
      question,
      'the kernel log may not be read',
      'run as root to see it; a container’s root needs it, too: `--cap-add SYSLOG --device /dev/kmsg`',
    );
  if (refusals.length === 0)
    return ok(question, 'refused nothing, as far as it answered; `--flip` shows a buffer to it');
  const found = refusals.map(({ commandName, responseName }) => `${commandName}: ${responseName}`).join(', ');
  return no(
    question,
    found,
    'on the host raise list_limit and size_limit_mb in /sys/module/udmabuf/parameters, and give the guest a memory-backend-memfd with share=on',
  );
}

function checkPaths(paths: readonly PathTrial[]): Check {
  const why = '`auto` takes the first that works; the last three need less of kernel and host';
  const question: Question = { id: 'trials.paths', why };
  const found = paths.map(({ path, status, refusal }) =>
    refusal === undefined ? `${path} ${status}` : `${path} ${status} (${refusal.code})`,
  );
  const all = found.join(', ');
  if (paths.some(({ status }) => status === 'ok')) return ok(question, all);
  const isOpen = paths.some(({ status }) => status === 'unknown');
  return isOpen
    ? unknown(question, all, paths[0]?.refusal?.advice ?? null)
    : no(question, all, paths[0]?.refusal?.advice ?? null);
}

/** In place of trials, where the devices are not there. */
export function untried(error: unknown): Trials {
  const why = 'a display and a GPU beside it are what everything else is tried with';
  const check = failed({ id: 'trials.devices', why }, error);
  const paths = pathNames.map((path): PathTrial => ({ path, status: 'no', refusal: refusalFor(path, error) }));
  return { checks: [check], paths, formats: undefined };
}
