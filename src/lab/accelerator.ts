/** KVM where it boots a stock kernel, else TCG. A `/dev/kvm` alone proves nothing. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Accelerator } from './machine.js';
import type { Kernel } from './kernel/locate.js';
import { cacheDir, findProgram } from './paths.js';

const probeTimeoutMs = 5_000;

/** Boots the kernel once under KVM to its first console line; the answer is kept for this boot of the host. */
export async function chooseAccelerator(kernel: Kernel): Promise<Accelerator> {
  if (!mayUseKvm()) return 'tcg';
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const key = `${bootId} ${kernel.release}`;
  const cache = join(cacheDir, 'accelerator');
  const known = await readFile(cache, 'utf8').catch(() => '');
  if (known.startsWith(key)) return known.trim().endsWith('kvm') ? 'kvm' : 'tcg';
  const found = (await bootsUnderKvm(kernel)) ? 'kvm' : 'tcg';
  await mkdir(cacheDir, { recursive: true });
  await writeFile(cache, `${key} ${found}\n`);
  return found;
}

function mayUseKvm(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function bootsUnderKvm(kernel: Kernel): Promise<boolean> {
  const qemu = findProgram('qemu-system-x86_64', 'qemu-system-x86');
  const machine = ['-accel', 'kvm', '-cpu', 'host', '-m', '512', '-nodefaults', '-no-reboot', '-display', 'none'];
  const boot = ['-serial', 'stdio', '-kernel', kernel.image, '-append', 'console=ttyS0 panic=-1'];
  const child = spawn(qemu, [...machine, ...boot], {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: probeTimeoutMs,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      // past the CPU set-up, where nested or filtered KVM dies
      if (text.includes('Unable to mount root')) child.kill('SIGKILL');
    });
    child.on('error', () => {
      resolve(false);
    });
    child.on('close', () => {
      resolve(text.includes('Unable to mount root'));
    });
  });
}
