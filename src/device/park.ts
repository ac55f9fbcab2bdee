/** Keeps a lost display's open file away from its last close. */

/**
 * Hands a copy of the descriptor to a process that only sleeps, so that closing our
 * own, or our exit, is not the last close. Reason: on Linux 7.2 the last close of an
 * unbound virtio-gpu's node that still has imported framebuffers waits for ever,
 * uninterruptibly, for a fence of the device that is gone (seen in the lab;
 * docs/architecture.md). The price is one sleeping process, and the memory of the
 * buffers, until the guest restarts.
 */
export function parkDescriptor(fd: number): void {
  const { spawn } = process.getBuiltinModule('node:child_process'); // loaded where it is needed, which is hardly ever
  const keeper = spawn('sleep', ['infinity'], { cwd: '/', detached: true, stdio: ['ignore', 'ignore', 'ignore', fd] });
  keeper.on('error', () => undefined); // without `sleep` the close takes its course
  keeper.unref();
}
