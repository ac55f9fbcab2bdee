/** The real seatd on this machine, in a mount namespace of the tests' own: its socket is always /run/seatd.sock, and it opens only what is in /dev. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runNode, thisFileAgain, transcript } from './child.js';

const inside = 'GUESTHEAD_IN_NAMESPACE';

/** A /run and a /dev of its own, in which there is /dev/input. */
const setUp = `set -e
mount -t tmpfs none /run
mkdir -p /run/dev/input
for each in null zero full random urandom tty; do touch /run/dev/$each; mount --bind /dev/$each /run/dev/$each; done
mount --rbind /run/dev /dev
exec "$@"`;

/** Defines the tests of the file `url` in a child of it, or one that is skipped and says why. */
export function underSeatd(url: string, define: () => void): void {
  const name = basename(fileURLToPath(url));
  if (process.env[inside] !== undefined) {
    define();
    return;
  }
  const skip = whyNot();
  test(`${name} on the real seatd`, { skip }, async () => {
    const words = ['--mount', '--map-root-user', 'sh', '-c', setUp, 'sh', process.execPath, ...thisFileAgain()];
    const result = await runNode(words, { program: 'unshare', env: { [inside]: '1' } });
    assertPassed(transcript(result), result.status);
  });
}

function assertPassed(text: string, status: number | null): void {
  if (status !== 0 || !/pass [1-9]/.test(text)) throw new Error(text);
}

function whyNot(): string | false {
  if (spawnSync('seatd', ['-v']).status !== 0) return 'seatd is not installed (Debian: apt-get install seatd libseat1)';
  const { status } = spawnSync('unshare', ['--mount', '--map-root-user', 'true']);
  return status === 0 ? false : 'this machine lets no user make a namespace (sysctl kernel.unprivileged_userns_clone)';
}

/** A device as seatd takes it to be one, with this text in it. */
export function makeUpDevice(number: number, text: string): string {
  const path = `/dev/input/event${number}`;
  writeFileSync(path, text);
  return path;
}

/** One that listens, on a seat without virtual terminals. */
export class Seatd {
  private constructor(readonly process: ChildProcess) {}

  static async start(): Promise<Seatd> {
    const words = ['-l', 'error', '-n', '1'];
    const env = { PATH: process.env['PATH'], SEATD_VTBOUND: '0' }; // and nothing preloaded
    const child = spawn('seatd', words, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    return new Seatd(child);
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill(signal);
    await once(this.process, 'exit');
  }
}
