/** KVM where it boots a stock kernel, else TCG. A `/dev/kvm` alone proves nothing. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Accelerator } from './machine.js';
import { cacheDir, hasSetupKernel, setupKernel } from './paths.js';

const probeTimeoutMs = 5_000;

export interface AcceleratorSources {
  readonly qemu: string;
  /** Of the kernel that the guest will boot. */
  readonly image: string;
  readonly mayUseKvm?: () => boolean;
  /** Where the answer is kept. */
  readonly cache?: string;
  /** The image of a kernel that is known to boot, where there is one: then whether a user's own does is not in question. */
  readonly knownImage?: string | undefined;
}

/** Boots a kernel once under KVM until it looks for its root; the answer is kept for this boot of the host. */
export async function chooseAccelerator({
  qemu,
  image,
  mayUseKvm = isKvmOpen,
  cache = join(cacheDir, 'accelerator'),
  knownImage = hasSetupKernel() ? setupKernel().image : undefined,
}: AcceleratorSources): Promise<Accelerator> {
  if (!mayUseKvm()) return 'tcg';
  const booted = knownImage ?? image;
  const key = [await bootId(), fingerprint(qemu), fingerprint(booted)].join(' ');
  const known = await readFile(cache, 'utf8').catch(() => '');
  if (known.startsWith(`${key} `)) return known.trim().endsWith('kvm') ? 'kvm' : 'tcg';
  const found = (await bootsUnderKvm(qemu, booted)) ? 'kvm' : 'tcg';
  await mkdir(dirname(cache), { recursive: true });
  await writeFile(cache, `${key} ${found}\n`);
  return found;
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

/** A kernel or QEMU that was built again is another one, under the same name and release. */
function fingerprint(path: string): string {
  const { dev, ino, size, mtimeMs } = statSync(path);
  return [dev, ino, size, mtimeMs].join(':');
}

function isKvmOpen(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a kernel says when it has no root: past the CPU set-up, where nested or filtered KVM dies. */
const looksForRoot = /Unable to mount root|No working init/;

function bootsUnderKvm(qemu: string, image: string): Promise<boolean> {
  const machine = ['-accel', 'kvm', '-cpu', 'host', '-m', '512', '-nodefaults', '-no-reboot', '-display', 'none'];
  const boot = ['-serial', 'stdio', '-kernel', image, '-append', 'console=ttyS0 panic=-1'];
  const child = spawn(qemu, [...machine, ...boot], {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: probeTimeoutMs,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (looksForRoot.test(text)) child.kill('SIGKILL');
    });
    child.on('error', () => {
      resolve(false);
    });
    child.on('close', () => {
      resolve(looksForRoot.test(text));
    });
  });
}
