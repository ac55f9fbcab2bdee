/** Which QEMU runs the guest, and whether it can: asked of itself, because a build lacks what it was configured without. */
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GuestheadError } from '../errors.js';
import { findProgram, isExecutable } from './paths.js';

const program = 'qemu-system-x86_64';
const answerMs = 20_000;

/** The guest runs this machine's own programs: the lab of another processor would have to emulate Node, on top of a kernel. */
export function requireX64({ arch, platform } = process): void {
  if (arch === 'x64' && platform === 'linux') return;
  throw new GuestheadError('ERR_LAB', `The lab needs Linux on an x86-64 host, and this is ${platform} on ${arch}`, {
    advice:
      'its guest runs the programs of its host; guesthead itself works in an arm64 guest: `guesthead probe`, `guesthead run`',
  });
}

/** The one named, a file or the folder of a build; else the one on the PATH. Throws ERR_USAGE for what cannot be run. */
export function locateQemu(named?: string): string {
  if (named === undefined) return findProgram(program, 'qemu-system-x86');
  const path = resolve(named);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const candidates = isFolder ? [join(path, program), join(path, 'build', program)] : [path];
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw new GuestheadError('ERR_USAGE', `No QEMU to run at ${path}`, {
    advice: `give the program ${program}, or the folder in which QEMU was built`,
  });
}

/** A command of the machine protocol, and what the lab needs of its answer. */
interface Question {
  readonly execute: string;
  readonly arguments?: Record<string, unknown>;
}

const propertiesOf = (typename: string): Question => ({ execute: 'device-list-properties', arguments: { typename } });

/**
 * QEMU answers in this order. Each type is asked for by itself: a list of all would load every module of the build, one
 * of which may not fit, and abort on it.
 */
const questions = {
  capabilities: { execute: 'qmp_capabilities' },
  version: { execute: 'query-version' },
  target: { execute: 'query-target' },
  machines: { execute: 'query-machines' },
  commands: { execute: 'query-commands' },
  gpu: propertiesOf('virtio-gpu-pci'),
  share: propertiesOf('vhost-user-fs-pci'),
  serial: propertiesOf('virtio-serial-pci'),
  memory: { execute: 'qom-list-properties', arguments: { typename: 'memory-backend-memfd' } },
} satisfies Record<string, Question>;

type Topic = keyof typeof questions;
type Answers = Readonly<Record<Topic, unknown>>;

/** Throws ERR_LAB where the lab cannot run on it, with all that it lacks. */
export async function requireQemu(path: string): Promise<void> {
  const answers = await ask(path);
  const arch = (answers.target as { arch?: string } | undefined)?.arch;
  if (arch !== 'x86_64')
    throw new GuestheadError(
      'ERR_LAB',
      `${path} emulates ${arch ?? 'no machine that it names'}, and the guest is x86-64`,
      {
        advice: `give ${program}`,
      },
    );
  const lacks = lacking(answers);
  if (lacks.length === 0) return;
  throw new GuestheadError(
    'ERR_LAB',
    [`QEMU ${versionIn(answers)} at ${path} lacks what the lab needs:`, ...lacks].join('\n  '),
    {
      advice:
        'configure it with --target-list=x86_64-softmmu and without --disable-… of these; Debian 12 has QEMU 7.2, which does',
    },
  );
}

/** In the order of what to look at first. */
function lacking(answers: Answers): string[] {
  const needed: readonly (readonly [topic: Topic, what: string])[] = [
    ['gpu', 'the device virtio-gpu-pci (CONFIG_VIRTIO_GPU; --enable-pixman)'],
    ['share', 'the device vhost-user-fs-pci (--enable-vhost-user, on Linux)'],
    ['serial', 'the device virtio-serial-pci'],
    ['memory', 'memory in a memfd (memory-backend-memfd, on Linux)'],
  ];
  const missing = needed.filter(([topic]) => answers[topic] === undefined).map(([, what]) => what);
  if (answers.gpu !== undefined && !namesIn(answers.gpu).has('blob'))
    missing.push('blob resources of virtio-gpu (QEMU 6.1 or newer, on Linux)');
  if (!namesIn(answers.machines).has('q35')) missing.push('the machine q35');
  if (!namesIn(answers.commands).has('query-vnc'))
    missing.push('VNC, which connects and resizes the heads (--enable-vnc)');
  if (!namesIn(answers.commands).has('screendump')) missing.push('screendump, which captures (--enable-pixman)');
  return missing;
}

function namesIn(answer: unknown): ReadonlySet<string> {
  const entries = Array.isArray(answer) ? (answer as { name?: string; alias?: string }[]) : [];
  return new Set(entries.flatMap(({ name, alias }) => [name ?? '', alias ?? '']));
}

function versionIn(answers: Answers): string {
  const { qemu } = (answers.version ?? {}) as { qemu?: { major: number; minor: number; micro: number } };
  return qemu === undefined ? '' : `${qemu.major}.${qemu.minor}.${qemu.micro}`;
}

async function ask(path: string): Promise<Answers> {
  const commands: Question[] = [...Object.values<Question>(questions), { execute: 'quit' }];
  const { stdout, stderr } = await answerTo(path, commands.map((command) => `${JSON.stringify(command)}\n`).join(''));
  const replies = stdout.split('\n').flatMap(parseReply);
  if (replies.length < Object.keys(questions).length)
    throw new GuestheadError(
      'ERR_LAB',
      `${path} does not answer as QEMU does: ${lastLine(stderr) ?? lastLine(stdout) ?? 'it says nothing'}`,
      {
        advice: `give ${program}, as QEMU's build makes it`,
      },
    );
  return Object.fromEntries(Object.keys(questions).map((topic, index) => [topic, replies[index]?.return])) as Answers;
}

interface Reply {
  readonly return?: unknown;
  readonly error?: unknown;
}

/** Not the greeting, nor events. */
function parseReply(line: string): Reply[] {
  try {
    const reply = JSON.parse(line) as Reply;
    return 'return' in reply || 'error' in reply ? [reply] : [];
  } catch {
    return [];
  }
}

/** No machine is made and no processor started; one that has neither accelerator says so and ends. */
const asleep = [
  '-S',
  '-nodefaults',
  '-no-user-config',
  '-display',
  'none',
  '-machine',
  'none,accel=kvm:tcg',
  '-qmp',
  'stdio',
];

function answerTo(path: string, input: string): Promise<{ stdout: string; stderr: string }> {
  const child = spawn(path, asleep, { stdio: 'pipe', timeout: answerMs, killSignal: 'SIGKILL' });
  return new Promise((resolve) => {
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (chunk: string) => (said[name] += chunk));
    child.on('error', (error) => (said.stderr += error.message));
    child.on('close', () => resolve(said));
    child.stdin.on('error', () => undefined); // it may have ended before it read
    child.stdin.end(input);
  });
}

function lastLine(text: string): string | undefined {
  const line = text.trim().split('\n').at(-1);
  return line === '' ? undefined : line;
}
